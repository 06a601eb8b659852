import { dirName, joinPath } from '../../text/paths.js';
import { packageOf } from '../devtools.js';
import type { StageFiles } from '../stagefiles.js';

/** Files looked at for one start. */
const MAX_FILES = 40;

/** Text without comments and template texts, whose lines may look like code. Line breaks stay. */
function codeOf(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/`(?:\\[\s\S]|[^`\\])*`/g, blank);
}

/** One import that runs whenever its file does. */
interface Import {
  readonly from: string;
  /** Names it brings; none for one that only runs the module. */
  readonly names: readonly string[];
  /** What `require` gives is bound when its line runs, an `import` before all lines. */
  readonly requires: boolean;
  readonly at: number;
}

const IMPORT = /^import\s+(?!type\b)(?:([\w$*\s{},]+?)\s+from\s+)?['"]([^'"\n]+)['"]/gm;
const REQUIRE =
  /^(?:(?:const|let|var)\s+([\w$]+|\{[\w$\s,:]*\})\s*=\s*)?require\(\s*['"]([^'"\n]+)['"]\s*\)/gm;

function namesIn(clause: string): string[] {
  return clause
    .split(/[{},]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '))
    .map((part) => part.replace(/^.*\bas\s+/, '').replace(/^[\w$]+\s*:\s*/, ''));
}

/** The imports at the left margin of a file, so in no function, condition or `try`. */
function importsOf(code: string): readonly Import[] {
  const found = [
    ...[...code.matchAll(IMPORT)].map((m) => ({ m, requires: false })),
    ...[...code.matchAll(REQUIRE)].map((m) => ({ m, requires: true })),
  ];
  return found.map(({ m, requires }) => ({
    from: m[2] ?? '',
    names: namesIn(m[1] ?? ''),
    requires,
    at: m.index,
  }));
}

/** What may end a program before it comes to a line, or change what `require` finds. */
const LEAVES = /\bprocess\.exit\b|^return\b|\bregister\(|Module\._|\brequire\s*=|module-alias/m;

/** Whether a place is in no block, as far as braces say: some write blocks without indentation. */
function isOutside(code: string, at: number): boolean {
  const plain = code.slice(0, at).replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\/.*/g, '');
  return (plain.match(/[{(]/g)?.length ?? 0) === (plain.match(/[)}]/g)?.length ?? 0);
}

/** A compiler leaves an import out whose names are only types: one that is called is none. */
function isUsed(code: string, { names }: Import): boolean {
  return (
    names.length === 0 ||
    names.some((name) => new RegExp(`(^|[^\\w$.])${name.replaceAll('$', '\\$')}\\s*\\(`, 'm').test(code))
  );
}

const ENDINGS = ['', '.js', '.cjs', '.mjs', '.ts', '.mts', '/index.js', '/index.ts'];

/** The file that a relative import leads to. */
function resolved(files: StageFiles, from: string, written: string): string | undefined {
  const path = joinPath(dirName(from), written);
  const all = /\.[cm]?js$/.test(path) ? [path, path.replace(/js$/, 'ts')] : ENDINGS.map((e) => path + e);
  return all.find((p) => /\.[cm]?[jt]s$/.test(p) && files.text(p) !== undefined);
}

/**
 * A package that `file`, or a file of the project that it surely loads, imports whenever it runs, and that `isMissing`
 * holds for; undefined where there is none or that is not sure.
 */
export function missingImport(
  files: StageFiles,
  file: string,
  isMissing: (name: string) => boolean,
): { readonly package: string; readonly file: string } | undefined {
  const seen = new Set<string>();
  const todo = [file];
  for (let path = todo.shift(); path !== undefined && seen.size < MAX_FILES; path = todo.shift()) {
    const text = seen.has(path) ? undefined : files.text(path);
    seen.add(path);
    if (text === undefined) continue;
    const code = codeOf(text);
    const typed = /\.[cm]?ts$/.test(path);
    for (const one of importsOf(code)) {
      if (one.requires && LEAVES.test(code.slice(0, one.at))) break;
      if ((one.requires && !isOutside(code, one.at)) || (typed && !isUsed(code, one))) continue;
      const name = packageOf(one.from);
      if (/^[\w@]/.test(one.from) && isMissing(name)) return { package: name, file: path };
      const next = /^\.{1,2}\//.test(one.from) ? resolved(files, path, one.from) : undefined;
      if (next !== undefined) todo.push(next);
    }
  }
  return undefined;
}

/** Tools that load a file of the project by its name whenever they build, and these names, the first that is there. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  vite: ['js', 'mjs', 'ts', 'cjs', 'mts', 'cts'].map((e) => `vite.config.${e}`),
  next: ['js', 'mjs', 'ts'].map((e) => `next.config.${e}`),
  astro: ['mjs', 'js', 'ts', 'mts', 'cjs', 'cts'].map((e) => `astro.config.${e}`),
  webpack: ['js', 'mjs', 'cjs'].map((e) => `webpack.config.${e}`),
};

/** The file that `tool build` loads before it does anything; undefined where that is another one, or not sure. */
export function settingsOf(
  files: StageFiles,
  folder: string,
  tool: string,
  args: readonly string[],
): string | undefined {
  const names = Object.hasOwn(SETTINGS, tool) ? (SETTINGS[tool] ?? []) : [];
  // Options that choose no other settings; the first ones take a word.
  const plain = args.filter(
    (a, i) =>
      !/^--((mode|logLevel|outDir|base)(=.*)?|emptyOutDir|progress|turbo(pack)?)$/.test(a) &&
      !/^--(mode|logLevel|outDir|base)$/.test(args[i - 1] ?? ''),
  );
  const builds = tool === 'webpack' ? plain.every((a) => !/^-c|config/.test(a)) : plain.join(' ') === 'build';
  const there = names.map((name) => joinPath(folder, name)).filter((path) => files.exists(path));
  return builds && there.length === 1 ? there[0] : undefined;
}
