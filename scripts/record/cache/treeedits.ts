import type { TreeValue } from '../case.js';
import type { Dice } from '../random/dice.js';
import type { Edit, Project } from './project.js';
import { filesOf, ignoreLine, pathsOf } from './tree.js';

/* Edits of what lies in the context, of the ignore file and of what is given on the command line. */

function contentOf(value: TreeValue | undefined): string {
  return typeof value === 'object' ? (value.content ?? '') : String(value ?? '');
}

function modeOf(value: TreeValue | undefined): string {
  return (typeof value === 'object' ? value.mode : undefined) ?? '644';
}

function file(project: Project, dice: Dice): string {
  return dice.pick(filesOf(project.tree));
}

function folders({ tree }: Project): string[] {
  const names = Object.keys(tree);
  return pathsOf(tree).filter((path) => names.some((name) => name.startsWith(`${path}/`)));
}

function set(project: Project, name: string, content: string, mode: string): void {
  project.tree[name] = mode === '644' ? content : { content, mode };
}

const content: Edit = (project, dice) => {
  const name = file(project, dice);
  const value = project.tree[name];
  set(project, name, `${contentOf(value)} edited ${dice.below(1000)}`, modeOf(value));
  return `content of ${name}`;
};

const sameLength: Edit = (project, dice) => {
  const name = file(project, dice);
  const value = project.tree[name];
  set(project, name, contentOf(value).replace(/.$/, String(dice.below(10))), modeOf(value));
  return `last letter of ${name}`;
};

const added: Edit = (project, dice) => {
  const folder = dice.chance(30) ? '' : `${dice.pick([...folders(project), 'fresh', 'src'])}/`;
  const name = `${folder}new${dice.below(100)}${dice.pick(['.js', '.txt', '.md'])}`;
  project.tree[name] = dice.chance(25) ? contentOf(project.tree[file(project, dice)]) : '@S@ new';
  return `new file ${name}`;
};

const removed: Edit = (project, dice) => {
  const name = file(project, dice);
  delete project.tree[name];
  return `removed ${name}`;
};

const renamed: Edit = (project, dice) => {
  const name = file(project, dice);
  const value = project.tree[name];
  if (value === undefined) return undefined;
  const parts = name.split('/');
  const to = dice.chance(60)
    ? [...parts.slice(0, -1), `renamed-${parts.at(-1)}`].join('/')
    : ['moved', ...parts.slice(-1)].join('/');
  delete project.tree[name];
  project.tree[to] = value;
  return `renamed ${name} to ${to}`;
};

const swapped: Edit = (project, dice) => {
  const a = file(project, dice);
  const b = file(project, dice);
  const [x, y] = [project.tree[a], project.tree[b]];
  if (a === b || x === undefined || y === undefined) return undefined;
  project.tree[a] = y;
  project.tree[b] = x;
  return `swapped ${a} and ${b}`;
};

const mode: Edit = (project, dice) => {
  const name = file(project, dice);
  const value = project.tree[name];
  const to = dice.pick(['644', '755', '664', '600'].filter((one) => one !== modeOf(value)));
  set(project, name, contentOf(value), to);
  return `mode of ${name} ${modeOf(value)} to ${to}`;
};

const folderMode: Edit = (project, dice) => {
  const all = folders(project);
  if (all.length === 0) return undefined;
  const name = `${dice.pick(all)}/`;
  project.tree[name] = { mode: dice.pick(['775', '700', '777']) };
  return `mode of folder ${name}`;
};

const touched: Edit = (project, dice) => {
  const name = file(project, dice);
  const value = project.tree[name];
  // Written again with the same bytes: only the time is another.
  project.tree[name] = { content: contentOf(value), mode: modeOf(value), mtime: 1_700_000_001 };
  return `touched ${name}`;
};

const emptyFolder: Edit = (project, dice) => {
  const parent = dice.pick(['', ...folders(project).map((name) => `${name}/`)]);
  const name = `${parent}void${dice.below(10)}/`;
  project.tree[name] = 'dir';
  return `new empty folder ${name}`;
};

const emptyFolderGone: Edit = (project) => {
  if (project.tree['empty/'] === undefined) return undefined;
  delete project.tree['empty/'];
  return 'removed folder empty/';
};

const link: Edit = (project, dice) => {
  const links = Object.entries(project.tree).filter(
    ([, v]) => typeof v === 'object' && v.symlink !== undefined,
  );
  if (links.length === 0) return undefined;
  const [name] = dice.pick(links);
  const to = name === 'current' ? dice.pick(['test', 'docs', './src']) : dice.pick(['../b.txt', './nothing']);
  project.tree[name] = { symlink: to };
  return `link ${name} to ${to}`;
};

const ignoreAdded: Edit = (project, dice) => {
  const line = ignoreLine(dice, project.tree);
  const lines = (project.ignore ?? '').split('\n').filter((one) => one !== '');
  lines.splice(dice.below(lines.length + 1), 0, line);
  project.ignore = `${lines.join('\n')}\n`;
  return `ignore line ${line}`;
};

const ignoreRemoved: Edit = (project, dice) => {
  const lines = (project.ignore ?? '').split('\n').filter((one) => one !== '');
  if (lines.length === 0) return undefined;
  const [gone] = lines.splice(dice.below(lines.length), 1);
  project.ignore = lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
  return `ignore line gone: ${gone}`;
};

const ignoreFormat: Edit = (project, dice) => {
  if (project.ignore === undefined) return undefined;
  project.ignore = dice.pick([
    `${project.ignore}\n\n`,
    `# first\n${project.ignore}`,
    project.ignore.replace(/\n/g, '\r\n'),
  ]);
  return 'ignore file spelled another way';
};

const ignoreFile: Edit = (project, dice) => {
  const before = project.ignore;
  project.ignore = before === undefined ? `${ignoreLine(dice, project.tree)}\nDockerfile\n` : undefined;
  return before === undefined ? 'new ignore file' : 'ignore file gone';
};

const declared: Edit = ({ draft }, dice) => {
  const text = draft.stages.flatMap(({ lines }) => lines).concat(draft.head);
  const names = text.flatMap((line) => /^ARG (\w+)/.exec(line)?.[1] ?? []);
  if (names.length === 0) return undefined;
  const name = dice.pick(names);
  if (name in draft.args && dice.chance(30)) {
    delete draft.args[name];
    return `argument ${name} not given`;
  }
  draft.args[name] = dice.pick(['0', '1', '2', 'other']);
  return `argument ${name}=${draft.args[name]}`;
};

const otherArgument: Edit = ({ draft }, dice) => {
  const name = dice.pick([
    'v',
    'w',
    'g',
    'unknown',
    'HTTP_PROXY',
    'no_proxy',
    'BUILDKIT_INLINE_CACHE',
    'SOURCE_DATE_EPOCH',
  ]);
  draft.args[name] = dice.pick(['0', '1']);
  return `argument ${name}=${draft.args[name]}`;
};

const target: Edit = ({ draft }, dice) => {
  const names = draft.stages.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (names.length === 0) return undefined;
  draft.target = draft.target === undefined ? dice.pick(names) : undefined;
  return `target ${draft.target ?? 'the last stage'}`;
};

const secret: Edit = (project, dice) => {
  project.secrets = { token: String(dice.below(100)) };
  return 'value of a secret';
};

export const contextEdits: readonly (readonly [number, Edit])[] = [
  [16, content],
  [4, sameLength],
  [7, added],
  [4, removed],
  [5, renamed],
  [3, swapped],
  [7, mode],
  [3, folderMode],
  [3, touched],
  [3, emptyFolder],
  [1, emptyFolderGone],
  [2, link],
  [6, ignoreAdded],
  [4, ignoreRemoved],
  [2, ignoreFormat],
  [2, ignoreFile],
  [7, declared],
  [3, otherArgument],
  [2, target],
  [1, secret],
];
