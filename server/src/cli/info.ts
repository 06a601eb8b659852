import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../engine/model.js';
import { ownRules } from '../engine/own.js';
import { isActive, severityOf } from '../engine/rulefilter.js';
import { nodeFs, toCorePath } from '../node/fs.js';
import type { Build } from '../project/build.js';
import { classify } from '../project/classify.js';
import { type Config, configOf, problemsOf } from '../project/config.js';
import { buildsOf } from '../project/discover.js';
import { reportedBuild } from '../report/contextBuild.js';
import { jsonDocument } from '../report/names.js';
import type { RuleMeta } from '../rules/rule.js';
import { counted } from '../text/counted.js';
import { type Arguments, noRule } from './args.js';
import { collect } from './collect.js';
import { readConfig } from './configfile.js';
import { type Io, resolved, shownFrom } from './io.js';
import { knownRules } from './lint.js';
import { createWorkspace, useConfig, type Workspace } from './workspace.js';

interface Documented {
  readonly meta: RuleMeta;
  readonly category: string;
}

function allDocumented(engine: Engine): readonly Documented[] {
  const rules = [...engine.rules, ...ownRules].map(({ meta, category }) => ({ meta, category }));
  return rules.sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1));
}

function severities(meta: RuleMeta): readonly string[] {
  return typeof meta.severity === 'string' ? [meta.severity] : meta.severity;
}

function wantsJson(args: Arguments): boolean {
  return args.options.get('format')?.[0] === 'json';
}

/** `plimsoll rules`: the exit code. */
export function rules(io: Io, args: Arguments, engine: Engine): number {
  const documented = allDocumented(engine);
  if (wantsJson(args)) {
    const list = documented.map(({ meta, category }) => ({
      id: meta.id,
      category,
      severity: severities(meta)[0],
      profile: meta.profile,
      fixes: meta.fixes,
      summary: meta.summary,
      since: meta.since,
      peers: meta.peers ?? [],
    }));
    io.out(jsonDocument({ version: 1, rules: list }));
    return 0;
  }
  for (const { meta, category } of documented) {
    const facts = [category, severities(meta).join('/'), meta.profile, `fixes ${meta.fixes}`].join(', ');
    io.out(`${meta.id}\n  ${meta.summary}\n  ${facts}\n`);
  }
  return 0;
}

/** `plimsoll explain ID`: prints the rule's page; the exit code. */
export async function explain(io: Io, args: Arguments, engine: Engine): Promise<number> {
  const id = args.paths[0] ?? '';
  if (!knownRules(engine).has(id)) throw noRule(id, knownRules(engine));
  const page = await readFile(path.join(io.dist, `../docs/rules/${id}.md`), 'utf8');
  io.out(page.replace(/^<!--.*-->\n/gm, ''));
  return 0;
}

/** The version of this program, from the manifest beside it. */
export async function version(io: Io): Promise<string> {
  const text = await readFile(path.join(io.dist, '../package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The configuration as it is told. */
interface ShownConfig {
  readonly path: string | null;
  readonly root: string;
  readonly profile: string;
  readonly rules: Readonly<Record<string, string>>;
  readonly exclude: readonly string[];
  readonly builds: number;
  readonly problems: readonly string[];
}

function configJson(
  config: Config,
  known: ReadonlySet<string>,
  shown: (path: string) => string,
): ShownConfig {
  return {
    path: config.path === undefined ? null : shown(config.path),
    root: shown(config.root),
    profile: config.profile ?? 'default',
    rules: config.rules,
    exclude: config.exclude,
    builds: config.builds.length,
    problems: problemsOf(config, known).map((p) => p.message),
  };
}

async function buildLists(workspace: Workspace, files: readonly string[]): Promise<readonly Build[][]> {
  const lists = await workspace.resolve(files, (snapshot, file) => {
    const text = snapshot.text(file);
    const { kind, skipped } = text === undefined ? { kind: undefined, skipped: null } : classify(file, text);
    return kind === 'dockerfile' && skipped === null ? [...buildsOf(snapshot, file)] : [];
  });
  return lists.filter((l) => l.length > 0);
}

function activeRules(engine: Engine, config: Config): Record<string, string> {
  const active = allDocumented(engine).map(({ meta }) => {
    const severity = isActive(meta, config, {}) ? severityOf(meta, undefined, config, {}) : 'off';
    return [meta.id, severity] as const;
  });
  return Object.fromEntries(active);
}

/** `plimsoll debug-info`: versions, configuration and the builds of a folder; the exit code. */
export async function debugInfo(io: Io, args: Arguments, engine: Engine): Promise<number> {
  const shown = shownFrom(io.cwd);
  const folder = args.paths[0] ?? '.';
  const { files, folders, failed } = await collect(io, nodeFs(), [folder]);
  if (folders.length === 0) return 2;
  const workspace = createWorkspace(nodeFs(), folders, new Map());
  const given = await readConfig(io, args);
  if (given !== undefined) await useConfig(workspace, files, given);
  const lists = await buildLists(workspace, files);
  const probe = files[0] ?? `${resolved(io, toCorePath, folder)}/Dockerfile`;
  const [config] = await workspace.resolve([probe], configOf);
  if (config === undefined) throw new Error('no configuration was resolved');
  const document = {
    version: 1,
    plimsoll: await version(io),
    node: process.version,
    builds: lists.flatMap(([first, ...others]) =>
      first === undefined ? [] : [reportedBuild(first, others, shown)],
    ),
    config: configJson(config, knownRules(engine), shown),
    rules: activeRules(engine, config),
  };
  io.out(wantsJson(args) ? jsonDocument(document) : debugText(document, lists, shown));
  return failed ? 2 : 0;
}

function configLines({
  path,
  root,
  profile,
  rules,
  exclude,
  builds,
  problems,
}: ShownConfig): readonly string[] {
  const set = Object.entries(rules).map(([id, severity]) => `${id} ${severity}`);
  return [
    `configuration ${path ?? `none for ${root === '.' ? 'this folder' : root}`}`,
    `  profile ${profile}`,
    ...(set.length === 0 ? [] : [`  rules ${set.join(', ')}`]),
    ...(exclude.length === 0 ? [] : [`  exclude ${exclude.join(', ')}`]),
    ...(builds === 0 ? [] : [`  ${counted(builds, 'build')}`]),
    ...problems.map((problem) => `  problem: ${problem}`),
  ];
}

function debugText(
  document: {
    readonly plimsoll: string;
    readonly node: string;
    readonly rules: Record<string, string>;
    readonly config: ShownConfig;
  },
  lists: readonly (readonly Build[])[],
  shown: (path: string) => string,
): string {
  const builds = lists.flatMap(([build, ...others]) =>
    build === undefined
      ? []
      : [
          `${shown(build.dockerfile)}`,
          `  context ${build.remote ? build.context : shown(build.context)}, ignore file ${build.ignoreFile === null ? 'none' : shown(build.ignoreFile)}, target ${build.target ?? 'the last stage'}`,
          `  ${build.kind === 'heuristic' ? 'as the files suggest' : `from ${build.source}`}: ${build.why}`,
          ...others.map((o) => `  also ${o.source}`),
        ],
  );
  const active = Object.entries(document.rules).map(([id, severity]) => `  ${id}: ${severity}`);
  return `${[
    `plimsoll ${document.plimsoll}, node ${document.node}`,
    ...builds,
    ...configLines(document.config),
    'rules',
    ...active,
  ].join('\n')}\n`;
}
