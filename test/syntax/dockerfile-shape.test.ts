import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { dockerfileShape, shapeOf } from '../../server/src/syntax/dockerfile/shape.js';

describe('the shape of a text', () => {
  it.each([
    ['plain', 'FROM a\nRUN b\n'],
    ['plain', ''],
    ['plain', 'FROM a\nRUN docker inspect --format "{{.Id}}" x\n'],
    ['plain', "FROM a\nRUN x=$(regctl version --format '{{.VCSTag}}') && \\\n  y\n"],
    ['plain', 'FROM a\nRUN <<EOF\n{{ range . }}\n<% x %>\nEOF\n'],
    ['plain', 'FROM a\nCOPY {{cookiecutter.slug}}/app /app\n'],
    ['plain', 'FROM a\nRUN printf "%%s" "%-5s"\nFORM b\n'],
    ['template', 'FROM {{ image }}\nRUN b\n'],
    ['template', '{% if x %}\nFROM a\n{% endif %}\n'],
    ['template', 'FROM a\n{{- if .x }}\nRUN b\n{{- end }}\n'],
    ['template', 'FROM a\nENV V={{ version }}\n'],
    ['template', 'FROM a\nENV V %%VERSION%%\n'],
    ['template', 'FROM a\nWORKDIR <%= folder %>\n'],
    ['template', 'FROM @BASE@\n'],
    ['template', 'FROM a\nRUN b \\\n{% if x %}\n  c \\\n{% endif %}\n  d\n'],
    ['template', 'RUN v={{ARGS["v"]}} \\\n  && b\n'],
    ['fragment', 'RUN b\n'],
    ['fragment', '# only a comment\n'],
    ['fragment', 'ARG A=1\n'],
  ])('%s: %j', (shape, text) => {
    expect(dockerfileShape(text)).toBe(shape);
    expect(shapeOf(parseDockerfile(text))).toBe(shape);
  });
});
