/** A line of a plain log, without what other programs put in front of it. */
export interface CleanLine {
  /** The number behind `#`; 0 for what buildx says of the builder. */
  readonly vertex: number;
  /** What follows the number. */
  readonly rest: string;
  /** The time stamp in front, milliseconds since 1970; null without one. */
  readonly time: number | null;
}

/** Colours, moves of the cursor, titles of windows, folds of GitLab. */
const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]/g;

/** What other programs put in front of a line: time stamps, `[…]`, `web |` or a channel of GitLab (`01O`). */
const inFront = /^(?:\S*\d\d:\d\d:\d\d\S*[ \t]+|\[[^\][]*\][ \t]*|[\w.-]+[ \t]*\|[ \t]*|\d\d[OE]\+?[ \t]*)*/;

/** Nobody puts more characters in front of a line. */
const mostInFront = 200;

/** A line of BuildKit. */
const numbered = /^#(\d{1,6}) (.*)$/;

/** Only a time with a zone says when: without one it would depend on where this runs. */
const timeStamp = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*(Z|[+-]\d\d:?\d\d)/;

/** Longer lines are output of programs: nothing in them is ever needed. */
const mostCharacters = 20_000;

/** The lines that BuildKit wrote in a text, in order; everything else is left out. */
export function cleanLines(text: string): readonly CleanLine[] {
  const lines: CleanLine[] = [];
  for (const raw of text.split('\n')) {
    if (!raw.includes('#') || raw.length > mostCharacters) continue;
    const whole = raw.replace(escapes, '').replace(/\r+$/, '');
    const line = whole
      .slice(whole.lastIndexOf('\r') + 1)
      .replace(/^\uFEFF/, '')
      .trimStart();
    const front = inFront.exec(line.slice(0, mostInFront))?.[0] ?? '';
    const match = numbered.exec(line.slice(front.length));
    if (match === null) continue;
    lines.push({ vertex: Number(match[1]), rest: (match[2] ?? '').trimEnd(), time: timeOf(front) });
  }
  return lines;
}

function timeOf(text: string): number | null {
  const match = timeStamp.exec(text);
  if (match === null) return null;
  const time = Date.parse(`${match[1]}T${match[2]}${match[3]}`);
  return Number.isNaN(time) ? null : time;
}
