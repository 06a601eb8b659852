import type { LockedPackages } from '../../syntax/manifests/locks/model.js';
import { normalizeName } from '../../syntax/manifests/python.js';
import { dirName, joinPath, relativePath } from '../../text/paths.js';
import { inFolder, isLiteral } from '../commands.js';
import { unwrapped } from '../devtools.js';
import type { Variables } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { LaterCommand, MissingTool } from './model.js';

/** Programs and modules of distributions with another name. */
const BROUGHT_BY: Readonly<Record<string, string>> = {
  'py-test': 'pytest',
  'sphinx-build': 'sphinx',
  'sphinx-apidoc': 'sphinx',
  'sphinx-autobuild': 'sphinx-autobuild',
  'pip-compile': 'pip-tools',
  'pip-sync': 'pip-tools',
  dmypy: 'mypy',
  blackd: 'black',
  'pre-commit': 'pre-commit',
  locust: 'locust',
  behave: 'behave',
  build: 'build',
  'pytest-cov': 'pytest-cov',
};

/** What is known of a Python project's development part. */
export interface PythonPart {
  /** Distributions that only development needs. */
  readonly names: ReadonlySet<string>;
  readonly locked: LockedPackages | undefined;
  /** Distributions the project itself depends on. */
  readonly dependencies: readonly string[];
  /** The manager whose `run` starts programs of the environment. */
  readonly runner: 'uv' | 'poetry' | 'pipenv' | undefined;
  /** The environment is that of the system, whose programs are found without a path. */
  readonly system?: boolean;
}

const UV_TAKES_ALONG = /^--(dev|all-groups|group|only-dev|only-group|with|with-requirements|extra)(=|$)/;

/** The words `runner run` starts in the environment as it is; undefined where it may change it first. */
function ranBy(
  runner: PythonPart['runner'],
  words: readonly string[],
  variables: Variables,
): readonly string[] | undefined {
  if (words[1] !== 'run') return undefined;
  const at = words.findIndex((w, i) => i > 1 && !w.startsWith('-'));
  const options = words.slice(2, at < 0 ? undefined : at);
  if (at < 0) return undefined;
  if (runner !== 'uv') return options.length === 0 ? words.slice(at) : undefined;
  // It syncs before it starts anything, and so brings what was left out, unless it is told not to.
  if (
    options.some(
      (o) =>
        UV_TAKES_ALONG.test(o) ||
        !/^(--(frozen|locked|no-sync|no-dev|quiet|offline|no-progress)|-q)$/.test(o),
    )
  )
    return undefined;
  const on = (name: string): boolean => /^(1|true|yes|on)$/i.test(variables.get(name) ?? '');
  const stays =
    options.some((o) => o === '--no-sync' || o === '--no-dev') || on('UV_NO_SYNC') || on('UV_NO_DEV');
  return stays ? words.slice(at) : undefined;
}

/** The words a command starts with the environment of `folder`; undefined where it starts none of its programs. */
function insideEnvironment(later: LaterCommand, part: PythonPart): readonly string[] | undefined {
  const { command, folder, step, commands } = later;
  const words = unwrapped(command.words.map((w) => w.value));
  const word = words[0] ?? '';
  const bin = joinPath(folder, 'bin');
  if (part.system === true) return word.includes('/') || later.path.length > 0 ? undefined : words;
  if (word === part.runner && part.runner !== undefined)
    return ranBy(part.runner, words, variablesOf(command, step, commands));
  if (word.includes('/')) {
    const path = inFolder(command.folder ?? '/', word);
    return dirName(path) === bin ? [path.slice(bin.length + 1), ...words.slice(1)] : undefined;
  }
  return later.path[0] === bin ? words : undefined;
}

/** The distribution whose program or module the words start. */
function startedBy(words: readonly string[]): string | undefined {
  const [program = '', ...args] = words;
  const named = (name: string): string => {
    const plain = normalizeName(name);
    return BROUGHT_BY[plain] ?? plain;
  };
  if (!/^python[0-9.]*$/.test(program)) return named(program);
  const at = args.findIndex((a) => !/^-[BbEsSuOIv]+$/.test(a));
  return args[at] === '-m' && args[at + 1] !== undefined
    ? named((args[at + 1] ?? '').split('.')[0] ?? '')
    : undefined;
}

/** A tool of the development part of a Python project that a command cannot do without. */
export function missingPython(later: LaterCommand, part: PythonPart): MissingTool | undefined {
  const { command } = later;
  if (!isLiteral(command)) return undefined;
  const words = insideEnvironment(later, part);
  const file = words && programFile(words);
  if (file !== undefined) return importedMissing(later, part, inFolder(command.folder ?? '/', file));
  const name = words && startedBy(words);
  if (words === undefined || name === undefined || !part.names.has(name) || mayBeBrought(name, part))
    return undefined;
  const tool = /^python[0-9.]*$/.test(words[0] ?? '') ? name : (words[0] ?? name);
  return { tool, package: name, via: [], named: true };
}

/** The file that python is given to run. */
function programFile([program = '', ...args]: readonly string[]): string | undefined {
  if (!/^python[0-9.]*$/.test(program)) return undefined;
  const first = args.find((a) => !/^-[BbEsSuOIv]+$/.test(a));
  return first !== undefined && /^[\w./-]+\.py$/.test(first) && !first.startsWith('-') ? first : undefined;
}

/** Modules that a text imports at its left margin: in no function, condition or `try`. Not those in texts between `"""`. */
function surelyImported(text: string): string[] {
  const code = text.replace(/("{3}|'{3})[\s\S]*?\1/g, '');
  const end = /^(raise\b|sys\.path|sys\.exit|exit\(|quit\(|os\._exit)/m.exec(code)?.index;
  return [...code.slice(0, end).matchAll(/^(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))/gm)].map(
    (m) => m[1] ?? m[2] ?? '',
  );
}

/** A distribution that a program of the project, or a module of it beside it, surely imports and that was left out. */
function importedMissing(
  { command, files, step, commands }: LaterCommand,
  part: PythonPart,
  file: string,
): MissingTool | undefined {
  if (variablesOf(command, step, commands).has('PYTHONPATH')) return undefined;
  const at = dirName(file);
  const seen = new Set<string>();
  const todo = [file];
  for (let path = todo.shift(); path !== undefined && seen.size < 40; path = todo.shift()) {
    const text = seen.has(path) ? undefined : files.text(path);
    seen.add(path);
    for (const module of text === undefined ? [] : surelyImported(text)) {
      const [first = ''] = module.split('.');
      const own = [`${first}.py`, `${first}/__init__.py`].find((name) => files.exists(joinPath(at, name)));
      if (own !== undefined) {
        const inner = [`${module.replaceAll('.', '/')}.py`, own].map((name) => joinPath(at, name));
        todo.push(...inner.filter((p) => files.exists(p)));
        continue;
      }
      // Only a distribution named as its module is surely the one.
      const name = normalizeName(first);
      if (first !== '' && part.names.has(name) && !mayBeBrought(name, part))
        return { tool: relativePath(command.folder ?? '/', path), package: name, via: [], named: false };
    }
  }
  return undefined;
}

/** Whether a run-time dependency brings it too, as far as that can be told. */
function mayBeBrought(name: string, { locked, dependencies }: PythonPart): boolean {
  if (locked === undefined)
    return (
      dependencies.some((n) => /pytest|test|mypy|ruff|lint|black|flake8/.test(n)) ||
      !/^(pytest|mypy|ruff|black|flake8|isort|pylint|tox|nox|pre-commit)$/.test(name)
    );
  return !locked.all.has(name) || locked.runtime.has(name);
}
