import { type Entry, entryNamed } from '../../project/snapshot.js';
import { entryPath } from '../../project/tree.js';
import { baseName, dirName } from '../../text/paths.js';
import type { ScriptText } from './scripts.js';
import { type Survey, textIn } from './survey.js';

/** Files followed from one command: a script that comes to more is not understood. */
const mostFiles = 60;

const endings = [
  '',
  '.sh',
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '.mts',
  '.py',
  '.rb',
  '/index.js',
  '/index.ts',
  '/__init__.py',
  '/__main__.py',
];

/** Paths and Python modules that a text names, as written. */
function namesIn(text: string): readonly string[] {
  const paths = text.match(
    /[\w.@-]*(?:\/[\w.@-]+)+|\b[\w-]+\.(?:sh|bash|py|js|mjs|cjs|ts|mts|rb|pl|php|ps1|mk)\b/g,
  );
  const modules = [...text.matchAll(/^\s*(?:from|import)\s+(\.*[\w.]+)/gm)].map(([, name = '']) => {
    const path = name.replace(/^\.+/, '').replaceAll('.', '/');
    return name.startsWith('.') ? `./${path}` : path;
  });
  return [...new Set([...(paths ?? []), ...modules])];
}

/** Files of the survey that a name in the text of `from` may mean: beside it, or from the root of the context. */
function meant(name: string, from: string, survey: Survey): readonly string[] {
  const clean = name.replace(/^(\.{1,2}\/)+/, '').replace(/^\/+/, '');
  if (clean === '' || clean.includes('..')) return [];
  const above = from.includes('/') ? dirName(from) : '.';
  const upper = above.includes('/') ? dirName(above) : '.';
  return [...new Set([above, upper, '.'])].flatMap((folder) =>
    endings.map((ending) => entryPath(folder, `${clean}${ending}`)).filter((path) => isFile(survey, path)),
  );
}

/** Folders full of other people's programs, which are not followed. */
const foreign = /^(node_modules|vendor|\.git|\.venv|venv)$/;

/** The entries of a folder; `build`, `bin` and the like were not looked into, but a script of the project may lie there. */
function entriesOf({ folders, view }: Survey, folder: string): readonly Entry[] | undefined {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  const [top = ''] = folder.split('/');
  const isThere = entryNamed(folders.get('.'), top)?.kind === 'folder';
  return isThere && !foreign.test(top) ? view.entries(folder) : undefined;
}

function isFile(survey: Survey, path: string): boolean {
  const entries = entriesOf(survey, path.includes('/') ? dirName(path) : '.');
  return entries?.some(({ name, kind }) => kind === 'file' && name === baseName(path)) === true;
}

/** The words of a command as a text to follow: files with or without their ending, modules that it starts. */
export function wordsAsText(words: readonly string[]): ScriptText {
  const modules = words.flatMap((word, i) => {
    if (words[i - 1] === '-m') return [word];
    return /^([\w.]+):\w+(\(\))?$/.exec(word)?.[1] ?? [];
  });
  return { path: '', text: ` ${words.join('\n')}\n${modules.map((name) => `import ${name}`).join('\n')}` };
}

/** Some texts with those of the files that they name or load, and so on; the last one empty where there are too many. */
export function withFollowed(texts: readonly ScriptText[], survey: Survey): readonly ScriptText[] {
  const seen = new Map<string, ScriptText>();
  const todo = [...texts];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const { path, text } = next;
    for (const name of namesIn(text)) {
      for (const file of meant(name, path, survey)) {
        if (seen.has(file) || file === path) continue;
        if (seen.size >= mostFiles) return [...texts, ...seen.values(), { path, text: '' }];
        const found = { path: file, text: textIn(survey, file) ?? '' };
        seen.set(file, found);
        todo.push(found);
      }
    }
  }
  return [...texts, ...[...seen.values()].filter(({ text }) => text !== '')];
}
