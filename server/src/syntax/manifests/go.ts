/** A `replace` of go.mod or go.work. */
export interface GoReplace {
  /** Module path that is replaced. */
  readonly path: string;
  /** Folder as written, where it is replaced by one on the disk; undefined where another module takes its place. */
  readonly folder: string | undefined;
}

/** What Plimsoll needs of a go.mod. */
export interface GoModule {
  readonly module: string | undefined;
  /** Module paths under `require`, indirect ones too. */
  readonly requires: readonly string[];
  readonly replaces: readonly GoReplace[];
}

/** What Plimsoll needs of a go.work. */
export interface GoWork {
  /** Folders of its modules, as written. */
  readonly uses: readonly string[];
  readonly replaces: readonly GoReplace[];
}

const TOKEN = /\/\/.*|"(?:[^"\\]|\\.)*"|`[^`]*`|=>|[()]|[^\s()"`]+/g;

function tokensOf(line: string): string[] {
  const out: string[] = [];
  for (const [token] of line.matchAll(TOKEN)) {
    if (token.startsWith('//')) break;
    out.push(/^["`]/.test(token) ? token.slice(1, -1) : token);
  }
  return out;
}

/** Each directive with its words; those in a block one by one, under its verb. */
function directives(text: string): { readonly verb: string; readonly words: readonly string[] }[] {
  const out: { verb: string; words: readonly string[] }[] = [];
  let block: string | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const tokens = tokensOf(line);
    const [first, ...rest] = tokens;
    if (first === undefined) continue;
    if (block !== undefined) {
      if (first === ')') block = undefined;
      else out.push({ verb: block, words: tokens });
    } else if (rest[0] === '(') {
      if (rest.at(-1) !== ')') block = first;
    } else out.push({ verb: first, words: rest });
  }
  return out;
}

function replaceOf(words: readonly string[]): GoReplace[] {
  const [path] = words;
  const at = words.indexOf('=>');
  const target = words[at + 1];
  if (path === undefined || at < 1 || target === undefined) return [];
  const local = /^(\.{1,2}([/\\]|$)|\/|[a-z]:[\\/])/i.test(target);
  return [{ path, folder: local ? target : undefined }];
}

/** The module in `text`; undefined where it is empty (its content is unknown). */
export function parseGoMod(text: string): GoModule | undefined {
  if (text.trim() === '') return undefined;
  const all = directives(text);
  const of = (verb: string) => all.filter((d) => d.verb === verb).map((d) => d.words);
  return {
    module: of('module')[0]?.[0],
    requires: of('require').flatMap(([path]) => path ?? []),
    replaces: of('replace').flatMap(replaceOf),
  };
}

/** The workspace in `text`; undefined where it is empty (its content is unknown). */
export function parseGoWork(text: string): GoWork | undefined {
  if (text.trim() === '') return undefined;
  const all = directives(text);
  return {
    uses: all.filter((d) => d.verb === 'use').flatMap(({ words }) => words[0] ?? []),
    replaces: all.filter((d) => d.verb === 'replace').flatMap(({ words }) => replaceOf(words)),
  };
}
