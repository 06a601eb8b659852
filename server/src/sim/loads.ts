import { normalizeName } from '../syntax/manifests/python.js';
import { dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import type { StageFiles } from './stagefiles.js';

/** The project's files, absolute in the image. */
type Texts = Pick<StageFiles, 'text'>;

/** Files looked at for one start: beyond that it counts as not known, which is taken for "needs nothing". */
const MAX_FILES = 60;

/** Texts of the project's files that `files` and what they load come to; `next` names the files a text may load. */
function* reached(
  image: Texts,
  files: readonly string[],
  next: (text: string, path: string) => readonly string[],
): Generator<string> {
  const seen = new Set<string>();
  const todo = [...files];
  for (let path = todo.shift(); path !== undefined && seen.size < MAX_FILES; path = todo.shift()) {
    if (seen.has(path)) continue;
    const text = image.text(path);
    if (text === undefined) continue;
    seen.add(path);
    yield text;
    todo.push(...next(text, path));
  }
}

/** What node may find under a name without ending. */
export function nodeFiles(path: string): string[] {
  const endings = [
    '',
    '.js',
    '.cjs',
    '.mjs',
    '.json',
    '/index.js',
    '/index.cjs',
    '/index.mjs',
    '.ts',
    '.tsx',
    '.mts',
    '.cts',
    '/index.ts',
  ];
  // In TypeScript `./x.js` names x.ts.
  const paths = /\.[cm]?js$/.test(path) ? [path, path.replace(/js$/, 'ts')] : [path];
  return paths.flatMap((p) => endings.map((ending) => joinPath('/', `${p}${ending}`)));
}

const RELATIVE = /(?:\brequire\s*\(|\bimport\s*\(|\bfrom|\bimport)\s*['"`](\.{1,2}(?:\/[^'"`\n]*)?)['"`]/g;
/** Paths from the root of the project, as its compiler may be told to read them. */
const ALIASED =
  /(?:\brequire\s*\(|\bimport\s*\(|\bfrom|\bimport)\s*['"`](?:@\/|~\/|#\/?|src\/)([^'"`\n]*)['"`]/g;
const QUOTED = /['"`]((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^'"`\n]*)?['"`]/g;

/**
 * Whether a file that node runs, or one of the project that it loads, names one of `packages` in quotes. `files` are
 * absolute in the image, with or without ending. What can't be read (built elsewhere, say) names nothing. With `root`, the
 * folder of the project, paths such as `@/x` and `src/x` are followed too.
 */
export function nodeLoads(
  image: Texts,
  files: readonly string[],
  packages: ReadonlySet<string>,
  root?: string,
): boolean {
  const named = (text: string, path: string): string[] => [
    ...[...text.matchAll(RELATIVE)].flatMap((m) => nodeFiles(joinPath(dirName(path), m[1] ?? ''))),
    ...(root === undefined
      ? []
      : [...text.matchAll(ALIASED)].flatMap((m) =>
          [`src/${m[1] ?? ''}`, m[1] ?? ''].flatMap((p) => nodeFiles(joinPath(root, p))),
        )),
  ];
  const texts = reached(image, files.flatMap(nodeFiles), (text, path) =>
    path.endsWith('.json') ? [] : named(text, path),
  );
  for (const text of texts) {
    if ([...text.matchAll(QUOTED)].some((m) => packages.has(m[1] ?? ''))) return true;
  }
  return false;
}

function moduleFiles(folder: string, module: string): string[] {
  const path = joinPath(folder, module.replaceAll('.', '/'));
  const package_ = path.endsWith('/__init__') ? [] : [`${path}/__init__.py`, `${path}/__main__.py`];
  return [`${path}.py`, ...package_];
}

const IMPORT = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+([\w, \t]+)|import[ \t]+([\w., \t]+))/gm;
const DOTTED = /['"](\w+(?:\.\w+)*)['"]/g;

/** Modules a Python text imports, and those a string in it may name (Django's settings and apps). */
function modulesIn(text: string): { readonly imported: string[]; readonly named: string[] } {
  const imported = [...text.matchAll(IMPORT)].flatMap((m) => {
    const [, from, names = '', plain = ''] = m;
    const parts = (list: string): string[] => list.split(',').map((n) => n.trim().split(/\s/)[0] ?? '');
    return from === undefined
      ? parts(plain)
      : [from, ...parts(names).map((n) => `${from}${from.endsWith('.') ? '' : '.'}${n}`)];
  });
  return { imported, named: [...text.matchAll(DOTTED)].map((m) => m[1] ?? '') };
}

/** Whether a module's first part is what a distribution most likely installs: `dotenv` of python-dotenv. */
function isModuleOf(module: string, distribution: string): boolean {
  const name = normalizeName(module.split('.')[0] ?? '');
  return (
    name !== '' &&
    [
      distribution,
      distribution.replace(/^(python|py|django|flask)-?/, ''),
      distribution.replace(/-?(python|py)?\d*$/, ''),
    ].includes(name)
  );
}

/**
 * Whether a Python program of the project, or a module of it that this imports, imports or names one of `distributions`.
 * `entries` are files (`app/main.py`) or modules (`app.main`), found from `folder`.
 */
export function pythonLoads(
  image: Texts,
  folder: string,
  entries: readonly string[],
  distributions: ReadonlySet<string>,
): boolean {
  const first = entries.flatMap((e) => (e.endsWith('.py') ? [joinPath(folder, e)] : moduleFiles(folder, e)));
  const own = [...distributions];
  const texts = reached(image, first, (text, path) => {
    const { imported, named } = modulesIn(text);
    return [...imported, ...named.filter((n) => n.includes('.'))].flatMap((module) =>
      module.startsWith('.')
        ? moduleFiles(dirName(path), module.replace(/^\.+/, ''))
        : [...moduleFiles(folder, module), ...moduleFiles(dirName(path), module)],
    );
  });
  for (const text of texts) {
    const { imported, named } = modulesIn(text);
    if ([...imported, ...named].some((m) => own.some((d) => isModuleOf(m, d)))) return true;
  }
  return false;
}

const OUTPUT = /^(dist|build|out|output|lib|\.output|server|es|esm|cjs)$/;

/**
 * The source that a file of the output was most likely built from: `dist/main.js` from `src/main.ts`. `root` is the folder
 * of the project; undefined where no such source is there.
 */
export function sourceOfBuilt(image: Texts, root: string, path: string): string | undefined {
  if (!isInside(root, path)) return undefined;
  const [first = '', ...rest] = relativePath(root, path).split('/');
  if (rest.length === 0 || !OUTPUT.test(first)) return undefined;
  const bare = rest.join('/').replace(/\.[cm]?js$/, '');
  const parts = bare.split('/');
  const nested = [...parts.slice(0, -1), 'src', parts.at(-1)].join('/');
  const candidates = [`src/${bare}`, bare, nested].flatMap((p) =>
    ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '/index.ts', '/index.js'].map((e) =>
      joinPath(root, p + e),
    ),
  );
  return candidates.find((candidate) => image.text(candidate) !== undefined);
}
