import { argumentsOf, programOf, type StepCommand } from '../../sim/commands.js';
import { parsePackageJson } from '../../syntax/manifests/npm.js';
import { baseName, dirName } from '../../text/paths.js';
import { filesNamed, type Survey, textIn } from './survey.js';

/** A file of the project that a command runs, or a part of it. */
export interface ScriptText {
  readonly path: string;
  /** Empty where only the file's name is known. */
  readonly text: string;
}

/** Files that a program reads as its program, by name. */
const programFiles: Readonly<Record<string, RegExp>> = {
  make: /^(GNUmakefile|[Mm]akefile|.*\.mk)$/,
  gmake: /^(GNUmakefile|[Mm]akefile|.*\.mk)$/,
  just: /^\.?[Jj]ustfile$/,
  task: /^[Tt]askfile(\.dist)?\.ya?ml$/,
  mage: /^magefile.*\.go$/,
  rake: /^([Rr]akefile|.*\.rake)$/,
  rails: /^([Rr]akefile|.*\.rake)$/,
  cmake: /^(CMakeLists\.txt|.*\.cmake)$/,
  meson: /^meson\.build$/,
  mix: /^mix\.exs$/,
  gulp: /^[Gg]ulpfile\..*$/,
  grunt: /^[Gg]runtfile\..*$/,
  goreleaser: /^\.?goreleaser\.ya?ml$/,
};

/** Settings that are programs, by the program that loads them: paths in the context. */
const settingsFiles: readonly (readonly [RegExp, RegExp])[] = [
  [/^(rails|rake|bundle|puma|unicorn|sidekiq|ruby)$/, /(^|\/)config\/(initializers\/)?[^/]+\.rb$/],
  [
    /^(python[0-9.]*|django-admin|gunicorn|uvicorn|celery|flask|daphne|hypercorn)$/,
    /(^|\/)(settings|_?version|__version__|__about__)\.py$/,
  ],
];

/** Settings that are programs, read by what npm scripts run. */
const nodeSettings =
  /^((next|vite|vitest|nuxt|astro|svelte|webpack|rollup|rspack|rsbuild|vue|craco|gatsby|docusaurus|remix|tsup|esbuild|unbuild|quasar|ember-cli-build|snowpack|farm|modern|umi|\.umirc|electron\.vite)[\w.-]*\.(js|cjs|mjs|ts|mts|cts)|gatsby-(config|node)\.(js|ts)|\.eleventy\.js|eleventy\.config\..*|build\.(js|mjs|cjs|ts)|gulpfile\..*|Gruntfile\..*|webpack\..*)$/;

const nodeRunners = new Set([
  'npm',
  'yarn',
  'pnpm',
  'bun',
  'npx',
  'bunx',
  'pnpx',
  'turbo',
  'nx',
  'lerna',
  'next',
  'vite',
  'webpack',
  'ng',
]);
const scriptFile = /\.(sh|bash|py|js|mjs|cjs|ts|mts|rb|pl|php|ps1|exs|groovy)$/;

/** How a text runs git, or loads what reads a repository. */
const git =
  /(?:^|[\s"'`([{;&|@$!=:])git(?:\.exe)?["']?\s*(?:,\s*\[?\s*)?["']?(?:-C\s+\S+\s+|--[\w-]+(?:=\S+)?\s+)*(?:rev-parse|describe|log|show|show-ref|rev-list|status|branch|tag|diff|diff-index|ls-files|ls-tree|name-rev|symbolic-ref|shortlog|archive|submodule|checkout|fetch|for-each-ref|cat-file|stash|apply|am|blame|merge-base|remote|reset|clean|grep|worktree|describe)\b|\.git\/(?:HEAD|refs|logs|index|packed-refs)|simple-git|nodegit|isomorphic-git|GitPython|import git\b|pygit2|git-rev-sync|rugged|GIT_EXECUTABLE\}?|vcs_tag\s*\(|git-version-gen/m;

/** Whether the text of a script or of settings runs git, or reads a repository otherwise. */
export function textReadsGit(text: string): boolean {
  return git.test(text);
}

/** Scripts of a package.json that a command can come to: those it names, those that go with them, those they name. */
function reachedScripts(
  scripts: Readonly<Record<string, string>>,
  words: readonly string[],
): readonly string[] {
  const reached = new Set<string>();
  const todo = Object.keys(scripts).filter((name) => words.includes(name));
  const installs = words.length === 0 || words.some((w) => /^(ci|install|i|clean-install|add)$/.test(w));
  if (installs)
    todo.push('preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare');
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const text = scripts[name];
    if (text === undefined || reached.has(name)) continue;
    reached.add(name);
    const tokens = new Set(
      text.split(/[\s"'&|;()]+/).flatMap((t) => [t, t.replace(/^(npm|yarn|pnpm|bun):/, '')]),
    );
    todo.push(
      `pre${name}`,
      `post${name}`,
      ...Object.keys(scripts).filter(
        (other) =>
          tokens.has(other) || [...tokens].some((t) => t.endsWith('*') && other.startsWith(t.slice(0, -1))),
      ),
    );
  }
  return [...reached];
}

/** Files that words of a command line name and that lie in the context, wherever. */
function filesIn(words: readonly string[], survey: Survey): ScriptText[] {
  const names = new Set(
    words
      .filter((w) => scriptFile.test(w) || /^\.{0,2}\/?[\w./-]*\/[\w.-]+$/.test(w))
      .map((w) => baseName(w)),
  );
  if (names.size === 0) return [];
  return [...survey.folders].flatMap(([folder, entries]) =>
    entries
      .filter((e) => e.kind === 'file' && names.has(e.name))
      .map((e) => (folder === '.' ? e.name : `${folder}/${e.name}`))
      .filter((path) => words.some((w) => endsAlike(w, path)))
      .flatMap((path) => read(survey, path)),
  );
}

/** Whether a word of a command may name this path of the context: one ends in the other. */
function endsAlike(word: string, path: string): boolean {
  const clean = word.replace(/^(\.{1,2}\/)+|^\/+/, '');
  return (
    clean !== '' &&
    (`/${path}`.endsWith(`/${clean}`) ||
      `/${clean}`.endsWith(`/${path}`) ||
      (word.startsWith('/') && baseName(word) === baseName(path)))
  );
}

function read(survey: Survey, path: string): ScriptText[] {
  const text = textIn(survey, path);
  return text === undefined ? [] : [{ path, text }];
}

/** What the scripts of every package.json that a node command may mean run, with the files they name. */
function nodeTexts(command: StepCommand, survey: Survey): ScriptText[] {
  const words = argumentsOf(command).filter((w) => !w.startsWith('-') && w !== 'run' && w !== 'exec');
  return filesNamed(survey, /^package\.json$/).flatMap((path): ScriptText[] => {
    const text = textIn(survey, path) ?? '';
    const manifest = parsePackageJson(text);
    if (manifest === undefined) return [{ path, text: '' }];
    const names = reachedScripts(manifest.scripts, words);
    const lines = names.map((name) => manifest.scripts[name] ?? '');
    if (lines.length === 0 && nodeRunners.has(words[0] ?? '') === false && !runsTool(command)) return [];
    const settings = builds(lines, command)
      ? filesNamed(survey, nodeSettings, folderOf(path)).flatMap((p) => read(survey, p))
      : [];
    return [
      { path, text: `\n${lines.join('\n')}` },
      ...filesIn(lines.join(' ').split(/[\s"'&|;()]+/), survey),
      ...settings,
    ];
  });
}

function folderOf(path: string): string {
  return path.includes('/') ? dirName(path) : '.';
}

function runsTool(command: StepCommand): boolean {
  return !['npm', 'yarn', 'pnpm', 'bun'].includes(programOf(command));
}

/** Whether scripts, or the command itself, do more than to install: a bundler reads its settings then. */
function builds(lines: readonly string[], command: StepCommand): boolean {
  return (
    runsTool(command) ||
    lines.length > 0 ||
    argumentsOf(command).some((a) => /build|generate|export|compile/.test(a))
  );
}

/**
 * Texts of the project's own files that a command runs: makefiles, scripts, what npm scripts come to. Where to find a
 * file in the image is not asked: any file of the context that bears the name counts.
 */
export function scriptTexts(command: StepCommand, survey: Survey): readonly ScriptText[] {
  const program = programOf(command);
  const words = command.words.map((w) => w.value);
  const own = programFiles[program];
  const files = own === undefined ? [] : filesNamed(survey, own).flatMap((path) => read(survey, path));
  const loaded = settingsFiles
    .filter(([name]) => name.test(program))
    .flatMap(([, path]) => filesNamed(survey, /\.(rb|py)$/).filter((file) => path.test(file)))
    .flatMap((path) => read(survey, path).filter(({ text }) => text !== ''));
  const node = nodeRunners.has(program) ? nodeTexts(command, survey) : [];
  return [...files, ...loaded, ...filesIn(words, survey), ...node];
}
