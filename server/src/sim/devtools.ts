import type { PackageManifest } from '../syntax/manifests/npm.js';
import type { PyProject } from '../syntax/manifests/python.js';
import { normalizeName } from '../syntax/manifests/python.js';
import { argumentsOf, isLiteral, programOf, type StepCommand } from './commands.js';
import { isNeutral } from './neutral.js';

/** Programs that work on the files they are given and start nothing of a project. */
const FILE_PROGRAMS = new Set([
  'chown',
  'chmod',
  'chgrp',
  'mkdir',
  'rm',
  'rmdir',
  'cp',
  'mv',
  'ln',
  'touch',
  'find',
  'ls',
  'cat',
  'tar',
  'unzip',
  'gzip',
  'curl',
  'wget',
  'sed',
  'grep',
  'test',
  '[',
  'tee',
  'head',
  'tail',
  'sort',
  'install',
  'setcap',
  'truncate',
  'stat',
  'du',
  'pwd',
  'readlink',
  'realpath',
  'basename',
  'dirname',
  'tr',
  'cut',
  'awk',
  'sha256sum',
  'gpg',
  'env',
  'exit',
  'false',
  'setfacl',
  'useradd',
]);

/** Whether a command of a RUN surely starts no development tool and leaves the folder with the dependencies alone. */
export function needsNoDevTool(command: StepCommand, folderName: string): boolean {
  if (command.words.some((w) => w.value.includes(folderName))) return false;
  if (isNeutral(command)) return true;
  const program = programOf(command);
  if (!FILE_PROGRAMS.has(program)) return isComposerHousekeeping(command);
  // `find … -exec x` and `env x` start what is named.
  return (
    !(program === 'env' && command.words.length > 1) &&
    !argumentsOf(command).some((a) => /^-(exec|execdir|ok|delete)$/.test(a))
  );
}

function isComposerHousekeeping(command: StepCommand): boolean {
  return (
    programOf(command) === 'composer' &&
    isLiteral(command) &&
    /^(dump-?autoload|clear-?cache|cc|config|check-platform-reqs|--version|-V)$/.test(
      argumentsOf(command)[0] ?? '',
    )
  );
}

/** Programs in front of the real one. */
const WRAPPERS = new Set(['dumb-init', 'tini', 'exec', 'catchsegv']);

/** The words from the program that is really started. */
export function unwrapped(words: readonly string[]): readonly string[] {
  let rest = words;
  for (;;) {
    const program = (rest[0] ?? '').replace(/^.*\//, '');
    if (!WRAPPERS.has(program)) return rest;
    rest = rest.slice(1);
    while (rest[0]?.startsWith('-') === true) rest = rest.slice(1);
  }
}

/** The package a module path belongs to: `ts-node/register` → `ts-node`, `@scope/x/y` → `@scope/x`. */
export function packageOf(path: string): string {
  const parts = path.split('/');
  return path.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function nodeNeedsDev(args: readonly string[], manifest: PackageManifest): boolean {
  return args.some((arg, i) => {
    const value = /^--?[\w-]+=(.*)$/.exec(arg)?.[1] ?? arg;
    if (value.includes('node_modules/')) {
      return (
        manifest.dependencies[packageOf(value.replace(/^.*node_modules\/(?:\.bin\/)?/, ''))] === undefined
      );
    }
    const preload =
      /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/.test(arg) ||
      /^(-r|--require|--import|--loader|--experimental-loader)$/.test(args[i - 1] ?? '');
    if ((value === arg && arg.startsWith('-')) || /^--inspect/.test(arg))
      return /^--(watch|watch-path|test|inspect|inspect-brk)(=|$)/.test(arg);
    return (
      (preload || i > 0) &&
      manifest.devDependencies[packageOf(value)] !== undefined &&
      manifest.dependencies[packageOf(value)] === undefined
    );
  });
}

function simpleCommands(script: string): string[][] | undefined {
  if (/[`$(){}<>|;*?\\]|\bif\b|\bfor\b/.test(script.replace(/\$\{?\w+(:-[\w.]*)?\}?/g, 'x')))
    return undefined;
  return script.split(/&&|\|\||&/).map((part) =>
    part
      .trim()
      .split(/\s+/)
      .map((w) => w.replace(/^["']|["']$/g, '')),
  );
}

/** Whether files of the project, or those they load, need a development dependency. `started`: node is given them to run. */
export type Loads = (files: readonly string[], started?: boolean) => boolean;

/**
 * Whether a command started in a container needs a development dependency of package.json: false only where it surely
 * does not (node on a file, a program of a run-time dependency, a script that comes down to these). `loads`: whether
 * files of the project, or those they load, name one.
 */
export function npmStartNeedsDev(
  words: readonly string[],
  manifest: PackageManifest,
  loads: Loads,
  depth = 0,
): boolean {
  if (depth > 5) return true;
  let rest = unwrapped(words);
  if ((rest[0] ?? '').replace(/^.*\//, '') === 'cross-env') {
    if (manifest.dependencies['cross-env'] === undefined) return true;
    rest = rest.slice(1);
  }
  while (/^[A-Za-z_]\w*=/.test(rest[0] ?? '')) {
    if (/^NODE_(ENV=(dev|test)|OPTIONS=)/.test(rest[0] ?? '')) return true;
    rest = rest.slice(1);
  }
  const program = (rest[0] ?? '').replace(/^.*\//, '');
  const args = rest.slice(1);
  if (program === 'node') {
    const files = args.map((a) => a.replace(/^--[\w-]+=/, '')).filter((a) => !a.startsWith('-'));
    return args.length === 0 || nodeNeedsDev(args, manifest) || loads(files, true);
  }
  if (program === 'bun') {
    const plain = args.filter((a) => !a.startsWith('-') && a !== 'run');
    const [first = ''] = plain;
    if (args.some((a) => /^--(watch|hot|inspect|preload|env-file)/.test(a)) || args[0] === 'test')
      return true;
    if (/\.[cm]?[jt]sx?$/.test(first)) return loads([first], true);
    const script = manifest.scripts[first];
    return script === undefined || scriptNeedsDev(script, manifest, loads, depth + 1);
  }
  if (program === 'npm' || program === 'yarn' || program === 'pnpm') {
    const plain = args.filter((a) => !a.startsWith('-'));
    const name = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : plain[0];
    if (name === undefined) return true;
    const own = manifest.scripts[name] ?? (name === 'start' ? 'node server.js' : undefined);
    if (own === undefined || DEVELOPMENT_RUN.test(name)) return true;
    const all = [manifest.scripts[`pre${name}`], own, manifest.scripts[`post${name}`]];
    return all.some((script) => script !== undefined && scriptNeedsDev(script, manifest, loads, depth + 1));
  }
  const named = program === 'npx' ? args.find((a) => !a.startsWith('-')) : rest[0];
  if (named === undefined || named.startsWith('.')) return true;
  const tool =
    { 'pm2-runtime': 'pm2', nest: '@nestjs/cli', 'next-server': 'next' }[program] ??
    (program === 'npx' ? named : program);
  const given = program === 'npx' ? args.slice(args.indexOf(named) + 1) : args;
  if (manifest.dependencies[tool] === undefined || given.some((a) => DEVELOPMENT_RUN.test(a))) return true;
  // It starts what its arguments or its own file say.
  if (LAUNCHERS.test(tool))
    return !args.every((a) => /\.[cm]?js$/.test(a) && !/config/.test(a)) || loads(args);
  return (
    args.some((a) => manifest.devDependencies[packageOf(a)] !== undefined) ||
    loads([
      ...['js', 'cjs', 'mjs', 'ts'].map((ending) => `${tool}.config.${ending}`),
      ...args.filter((a) => /\.[cm]?[jt]s$/.test(a)),
    ])
  );
}

/** `next dev`, `npm run start:dev`, `tsx watch`: what is started so is worked on. */
const DEVELOPMENT_RUN =
  /^(-+)?(dev|develop|development|watch|hot|test|storybook)(:|$)|:(dev|watch|debug|test)$/;

/** Packages whose programs start other programs. */
const LAUNCHERS =
  /^(dotenv|dotenv-cli|@dotenvx\/dotenvx|env-cmd|concurrently|npm-run-all2?|run-[sp]|wait-on|start-server-and-test|pm2|forever|nodemon|supervisor|wait-port|kill-port|cross-var|turbo|nx|lerna)$/;

function scriptNeedsDev(script: string, manifest: PackageManifest, loads: Loads, depth: number): boolean {
  const commands = simpleCommands(script);
  if (commands === undefined) return true;
  return commands.some((words) => npmStartNeedsDev(words, manifest, loads, depth));
}

const DJANGO_DEVELOPMENT =
  /\b(manage\.py|django-admin) (test|runserver_plus|shell_plus|testserver|startapp|makemessages)\b/;

/** Servers and runners that nobody installs as a development tool. */
const PYTHON_PROGRAMS = new Set([
  'uvicorn',
  'gunicorn',
  'hypercorn',
  'granian',
  'fastapi',
  'flask',
  'daphne',
  'celery',
  'streamlit',
  'waitress-serve',
  'chainlit',
  'litestar',
]);

/** Whether a command started in a container needs a tool of a development group; false only where it surely does not. */
export function pythonStartNeedsDev(
  words: readonly string[],
  project: PyProject,
  dev: ReadonlySet<string>,
  loads: (entries: readonly string[]) => boolean,
): boolean {
  let rest = unwrapped(words);
  let program = (rest[0] ?? '').replace(/^.*\//, '');
  if (program === 'uv') {
    const run = uvRunWords(rest);
    if (run === undefined) return true;
    rest = run;
    program = (rest[0] ?? '').replace(/^.*\//, '');
  }
  if ((program === 'poetry' || program === 'pipenv') && rest[1] === 'run') {
    rest = rest.slice(2);
    program = (rest[0] ?? '').replace(/^.*\//, '');
    if (program === '' || program.startsWith('-')) return true;
  }
  const args = rest.slice(1);
  if (args.some((a) => /^(--reload|--debug|--reload-dir)(=|$)/.test(a))) return true;
  if (program === 'fastapi' && args[0] !== 'run') return true;
  if (DJANGO_DEVELOPMENT.test(rest.join(' '))) return true;
  // `app/main.py`, `app.main`, `app.main:app`.
  const entries = rest
    .map((a) => a.replace(/^--[\w-]+=/, '').replace(/:.*$/, ''))
    .filter((a) => /^[\w./-]+$/.test(a));
  if (loads(entries.filter((a) => /^\w[\w.]*$|\.py$/.test(a)))) return true;
  if (/\.py$/.test(program)) return false;
  if (/^python[0-9.]*$/.test(program)) {
    const at = args.indexOf('-m');
    if (at < 0) return args.length === 0 || args.includes('-c');
    const module = normalizeName((args[at + 1] ?? '').split('.')[0] ?? '');
    return module === '' || dev.has(module) || PYTHON_DEV_MODULES.has(module);
  }
  const name = normalizeName(program);
  if (dev.has(name)) return true;
  if (project.scripts.some((s) => normalizeName(s) === name)) return false;
  if (project.dependencies.includes(name) || PYTHON_PROGRAMS.has(program)) return false;
  return project.name === undefined || normalizeName(project.name) !== name;
}

const PYTHON_DEV_MODULES = new Set([
  'pytest',
  'unittest',
  'mypy',
  'ruff',
  'black',
  'debugpy',
  'coverage',
  'pdb',
  'ipython',
  'pylint',
  'flake8',
  'tox',
  'nox',
  'watchfiles',
  'watchdog',
]);

/** The words after `uv run` and its options; undefined for another command of uv, or with an option that chooses groups. */
function uvRunWords(words: readonly string[]): readonly string[] | undefined {
  if (words[1] !== 'run') return undefined;
  let at = 2;
  while (words[at]?.startsWith('-') === true) {
    const word = words[at] ?? '';
    if (
      !/^(--(frozen|locked|no-sync|no-dev|quiet|no-progress|offline|no-cache|compile-bytecode)|-q)$/.test(
        word,
      )
    )
      return undefined;
    at++;
  }
  const rest = words.slice(at);
  return rest.length === 0 ? undefined : rest;
}

/** Whether a command is `uv run` that would sync the environment again. */
export function syncsAgain(command: StepCommand): boolean {
  const words = unwrapped(command.words.map((w) => w.value));
  if ((words[0] ?? '').replace(/^.*\//, '') !== 'uv' || words[1] !== 'run') return false;
  return !words.some((w) => w === '--no-sync' || w === '--no-dev');
}
