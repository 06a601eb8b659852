import type { Dockerfile, Instruction } from './model.js';
import { parseDockerfile } from './parse.js';
import { isKnownKeyword } from './typed.js';

/** `plain`: a Dockerfile; `template`: a text that becomes one; `fragment`: a piece without a FROM, to be put into one. */
export type DockerfileShape = 'plain' | 'template' | 'fragment';

/** A statement of a template language: Jinja, Go, ERB, or a `%%NAME%%` line. */
const STATEMENT = /^(?:\{\{|\{%|\{#|<%|%%[A-Za-z_]\w*%%)/;
/** Something only a template engine can fill in. */
const PLACEHOLDER = /\{\{|\{%|<%|%%[A-Za-z_]\w*%%/;
/** The last two stand for nothing else anywhere; `{{…}}` may also be a format of docker, or a folder's real name. */
const SURE_PLACEHOLDER = /<%[=-]?\s|%%[A-Za-z_]\w*%%/;
/** Instructions whose arguments are no program text. */
const VALUES = new Set(['ARG', 'ENV', 'COPY', 'ADD', 'WORKDIR', 'USER', 'EXPOSE', 'SHELL', 'LABEL']);
const QUOTED = /'[^']*'|"(?:[^"\\]|\\.)*"/g;

/** Whether the file cannot be a Dockerfile as it stands because of this instruction's placeholders. */
function needsFilling(instruction: Instruction, refused: boolean): boolean {
  const { keyword, text } = instruction;
  if (!PLACEHOLDER.test(text)) return keyword === 'FROM' && /@[A-Z_]+@/.test(text);
  if (keyword === 'FROM' || STATEMENT.test(text)) return true;
  if (!VALUES.has(keyword)) return false;
  return refused || SURE_PLACEHOLDER.test(text);
}

function isTemplate(file: Dockerfile): boolean {
  const { instructions, problems } = file;
  const refused = (i: Instruction): boolean =>
    problems.some((p) => p.span.start >= i.span.start && p.span.end <= i.span.end);
  if (instructions.some((i) => needsFilling(i, refused(i)))) return true;
  // A statement inside a continued RUN ends it there, and what follows is read as an instruction nobody knows.
  const broken = file.stages.length === 0 || instructions.some((i) => !isKnownKeyword(i.keyword));
  return broken && instructions.some((i) => PLACEHOLDER.test(i.text.replace(QUOTED, '')));
}

/** What kind of text `file` was read from. An empty text is plain: someone is about to write it. */
export function shapeOf(file: Dockerfile): DockerfileShape {
  if (isTemplate(file)) return 'template';
  const holdsAnything = file.instructions.length > 0 || file.comments.length > 0;
  return holdsAnything && file.stages.length === 0 ? 'fragment' : 'plain';
}

/** `shapeOf` for a text that has not been parsed yet. */
export function dockerfileShape(text: string): DockerfileShape {
  return shapeOf(parseDockerfile(text));
}
