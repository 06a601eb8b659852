import type { Candidate, Group } from './model.js';
import type { Stack } from './survey.js';

/** Something that nobody builds from, known by its name alone. */
export interface KnownJunk {
  /** Name of a folder or file. */
  readonly name: string;
  readonly group: Group;
  readonly reason: string;
  /** Only beside a manifest of these. Left out: anywhere. */
  readonly stacks?: readonly Stack[];
  /** A name that other things bear too: only beside a manifest, and only a folder that holds one of these. */
  readonly signs?: readonly string[];
  /** May lie deeper than anyone looks. */
  readonly deep?: boolean;
  /** Only at the root of the context: further down it is data of tests. */
  readonly atRoot?: boolean;
  /** Commands that use it, as far as they are known: where one of them is written, it stays. */
  readonly usedBy?: RegExp;
}

const js: readonly Stack[] = ['node'];
const py: readonly Stack[] = ['python'];

/** What tools leave behind. Folders that a step makes anew are another matter: see made.ts. */
export const knownJunk: readonly KnownJunk[] = [
  { name: '.git', group: 'Version control', reason: 'the history of the project' },
  { name: '.hg', group: 'Version control', reason: 'the history of the project', atRoot: true },
  { name: '.svn', group: 'Version control', reason: 'version control data', atRoot: true, usedBy: /\bsvn/ },
  { name: '.jj', group: 'Version control', reason: 'the history of the project', atRoot: true },

  {
    name: '__pycache__',
    group: 'Caches',
    reason: 'byte code that Python compiles again',
    stacks: py,
    deep: true,
  },
  { name: '.pytest_cache', group: 'Caches', reason: 'cache of pytest', deep: true },
  { name: '.mypy_cache', group: 'Caches', reason: 'cache of mypy', deep: true },
  { name: '.ruff_cache', group: 'Caches', reason: 'cache of ruff', deep: true },
  { name: '.pytype', group: 'Caches', reason: 'cache of pytype' },
  { name: '.hypothesis', group: 'Caches', reason: 'examples that Hypothesis found on this machine' },
  { name: '.tox', group: 'Caches', reason: 'environments of tox', usedBy: /\btox\b/ },
  { name: '.nox', group: 'Caches', reason: 'environments of nox', usedBy: /\bnox\b/ },
  {
    name: '.ipynb_checkpoints',
    group: 'Caches',
    reason: 'copies that Jupyter keeps of notebooks',
    deep: true,
  },
  { name: '.eslintcache', group: 'Caches', reason: 'cache of ESLint' },
  { name: '.stylelintcache', group: 'Caches', reason: 'cache of Stylelint' },
  { name: '.parcel-cache', group: 'Caches', reason: 'cache of Parcel' },
  { name: '.turbo', group: 'Caches', reason: 'cache and logs of Turborepo', stacks: js },
  { name: '.angular', group: 'Caches', reason: 'cache of Angular', stacks: js },
  // A manifest lies in a folder of the same name in what Vite builds.
  { name: '.vite', group: 'Caches', reason: 'cache of Vite', stacks: js, signs: ['deps'] },
  { name: '.rpt2_cache', group: 'Caches', reason: 'cache of Rollup' },
  { name: '.pnpm-store', group: 'Caches', reason: 'store of pnpm', usedBy: /--(prefer-)?offline/ },
  { name: '.sass-cache', group: 'Caches', reason: 'cache of Sass' },
  { name: '.phpunit.result.cache', group: 'Caches', reason: 'cache of PHPUnit' },
  { name: '.phpunit.cache', group: 'Caches', reason: 'cache of PHPUnit' },
  { name: '.php-cs-fixer.cache', group: 'Caches', reason: 'cache of PHP CS Fixer' },
  { name: '.gradle', group: 'Caches', reason: 'cache of Gradle', stacks: ['gradle'], usedBy: /--offline/ },
  { name: '.elixir_ls', group: 'Caches', reason: 'cache of the Elixir language server' },
  {
    name: '.terraform',
    group: 'Caches',
    reason: 'providers that Terraform downloads again',
    usedBy: /\b(terraform|tofu|terragrunt|tf)\b/i,
  },
  { name: '.direnv', group: 'Caches', reason: 'environments of direnv', usedBy: /\bdirenv\b/ },

  { name: '.DS_Store', group: 'Left by editors and systems', reason: 'left by macOS', deep: true },
  { name: 'Thumbs.db', group: 'Left by editors and systems', reason: 'left by Windows' },
  { name: '.idea', group: 'Left by editors and systems', reason: 'settings of JetBrains editors' },
  { name: '.vscode', group: 'Left by editors and systems', reason: 'settings of VS Code' },
  { name: '.vs', group: 'Left by editors and systems', reason: 'state of Visual Studio' },
  { name: '.zed', group: 'Left by editors and systems', reason: 'settings of Zed' },
  { name: '.fleet', group: 'Left by editors and systems', reason: 'settings of Fleet' },

  { name: '.nyc_output', group: 'Left by tests', reason: 'coverage data of nyc' },
  { name: '.coverage', group: 'Left by tests', reason: 'coverage data of Python', stacks: py },
  {
    name: 'htmlcov',
    group: 'Left by tests',
    reason: 'coverage report of Python',
    stacks: py,
    signs: ['status.json', '.gitignore'],
  },
  {
    name: 'coverage',
    group: 'Left by tests',
    reason: 'coverage report of the tests',
    stacks: ['node', 'php', 'ruby'],
    signs: [
      'lcov.info',
      'lcov-report',
      'clover.xml',
      'coverage-final.json',
      '.last_run.json',
      '.resultset.json',
    ],
  },
  {
    name: 'playwright-report',
    group: 'Left by tests',
    reason: 'report of Playwright',
    stacks: js,
    signs: ['index.html'],
  },
  {
    name: 'test-results',
    group: 'Left by tests',
    reason: 'results of Playwright',
    stacks: js,
    signs: ['.last-run.json'],
  },
  { name: '.rspec_status', group: 'Left by tests', reason: 'results of RSpec' },
  { name: 'erl_crash.dump', group: 'Left by tests', reason: 'dump of a crash of Erlang', stacks: ['elixir'] },
  { name: 'npm-debug.log', group: 'Left by tests', reason: 'log of npm', stacks: js },
  { name: 'yarn-error.log', group: 'Left by tests', reason: 'log of Yarn', stacks: js },
  { name: 'yarn-debug.log', group: 'Left by tests', reason: 'log of Yarn', stacks: js },
];

/** Groups whose lines change nothing that a step or the image could use. */
const harmless: readonly Group[] = ['Version control', 'Caches'];
/** Groups of what tools rewrite while the program stays the same. */
const rewritten: readonly Group[] = ['Version control', 'Caches', 'Left by tests'];

/** A line for something known by its name. */
export function junkLine(pattern: string, { group, reason }: KnownJunk): Candidate {
  return {
    pattern,
    group,
    reason,
    applicability: harmless.includes(group) ? 'safe' : 'unsafe',
    soon: false,
    volatile: rewritten.includes(group),
  };
}
