import type { Dockerfile } from './model.js';
import { parseDockerfile } from './parse.js';

/** `plain`: a Dockerfile; `template`: a text that becomes one; `fragment`: instructions without a FROM, to be put into one. */
export type DockerfileShape = 'plain' | 'template' | 'fragment';

/** Marks of a template language that may stand anywhere between instructions. */
const STATEMENT = /^[ \t]*(?:\{\{|\{%|<%|%%[^%\n]+%%)/;
/** Marks inside an argument that only a template engine can fill in. */
const PLACEHOLDER = /\{\{|\{%|<%[=-]?|%%[A-Za-z_]\w*%%/;
/** Go templates that docker, podman and others take themselves, and the body of `<<` documents, are plain text. */
const STRUCTURAL = new Set(['FROM', 'ARG', 'ENV', 'COPY', 'ADD', 'WORKDIR', 'USER', 'EXPOSE', 'SHELL']);
const INSTRUCTION =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

function isTemplate(file: Dockerfile): boolean {
  for (const instruction of file.instructions) {
    const known = INSTRUCTION.test(instruction.keyword);
    if (!known && STATEMENT.test(instruction.text)) return true;
    // `{{cookiecutter.name}}` in a path is the name of a folder, which COPY may well name.
    if (instruction.kind === 'FROM' && PLACEHOLDER.test(instruction.text)) return true;
    if (STRUCTURAL.has(instruction.keyword) && /<%|%%[A-Za-z_]\w*%%/.test(instruction.text)) return true;
  }
  return false;
}

/** What kind of text this is, from the text alone. */
export function dockerfileShape(text: string): DockerfileShape {
  const file = parseDockerfile(text);
  if (isTemplate(file)) return 'template';
  const known = file.instructions.some((i) => INSTRUCTION.test(i.keyword));
  return known && file.stages.length === 0 ? 'fragment' : 'plain';
}
