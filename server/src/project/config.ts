import ignore from 'ignore';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import type { Problem } from '../syntax/problem.js';
import { didYouMean } from '../text/nearest.js';
import { dirName, isInside, joinPath, relativePath } from '../text/paths.js';
import type { Span } from '../text/span.js';
import { type ConfigKey, configDescription, profiles, severities } from './configkeys.js';
import { entryNamed, remembered, type Snapshot } from './snapshot.js';

export const configName = '.plimsoll.yaml';

/** Sizes of a build context, in bytes. */
export interface Thresholds {
  /** Above this much the size is worth a note. */
  readonly noteAbove: number;
  /** Above this much it is worth a warning. */
  readonly warnAbove: number;
}

/** Bytes in the unit in which people write thresholds. */
export const megabyte = 1_000_000;

/** What holds where neither the person nor the project says otherwise. */
export const defaultThresholds: Thresholds = { noteAbove: 100 * megabyte, warnAbove: 500 * megabyte };

/** What numbers about rebuilds rest on, and from when on they are shown beside the text. */
export interface RebuildSettings {
  /** Commits that are replayed at most; 0 asks no history. */
  readonly commits: number;
  /** Seconds of a step above which the editor shows them. */
  readonly hintAbove: number;
}

/** What holds where neither the person nor the project says otherwise. */
export const defaultRebuilds: RebuildSettings = { commits: 200, hintAbove: 5 };

type ProfileName = (typeof profiles)[number];
type RuleSetting = (typeof severities)[number] | 'off';

/** One item of `builds`: what can't be found out otherwise. Paths are absolute. */
export interface ConfiguredBuild {
  readonly dockerfile: string;
  readonly context: string;
  /** Undefined where BuildKit's own choice holds. */
  readonly ignoreFile: string | undefined;
  readonly target: string | null;
  readonly args: Readonly<Record<string, string | null>>;
  readonly span: Span;
}

/** What `.plimsoll.yaml` says; without one, nothing. */
export interface Config {
  /** Absolute path of the file; undefined where there is none. */
  readonly path: string | undefined;
  /** The project root, from which its paths and globs start. */
  readonly root: string;
  readonly profile: ProfileName | undefined;
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** Where each rule id of `rules` stands: to report ids that do not exist. */
  readonly ruleSpans: Readonly<Record<string, Span>>;
  readonly exclude: readonly string[];
  /** The thresholds that the project sets, in bytes. */
  readonly context: Partial<Thresholds>;
  readonly rebuilds: Partial<RebuildSettings>;
  readonly builds: readonly ConfiguredBuild[];
  /** What could not be used, at its place in the file. The rest holds. */
  readonly problems: readonly Problem[];
}

/**
 * The project root of a file (or of a workspace folder): the nearest folder upwards that holds `.plimsoll.yaml` or `.git`, else the
 * workspace folder (the innermost of several), else the folder of `path` itself.
 */
export function projectRootOf(snapshot: Snapshot, path: string): string {
  const folders = remembered(snapshot, snapshot.folders, setOf);
  const start = folders.has(path) ? path : dirName(path);
  let folder: string | undefined;
  for (let at = start; ; at = dirName(at)) {
    const entries = snapshot.list(at);
    if (entryNamed(entries, '.git') ?? entryNamed(entries, configName)) return at;
    if (folder === undefined && folders.has(at)) folder = at;
    if (dirName(at) === at) break;
  }
  return folder ?? start;
}

function setOf(paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths);
}

/** The configuration that holds for a file. Broken parts are problems, never exceptions. */
export function configOf(snapshot: Snapshot, path: string): Config {
  const root = projectRootOf(snapshot, path);
  const file = joinPath(root, configName);
  const present = entryNamed(snapshot.list(root), configName) !== undefined;
  const read = present ? snapshot.parse(file, parseConfig) : undefined;
  return read === undefined ? { ...emptyConfig, root } : { ...read(root), path: file };
}

const emptyConfig = {
  path: undefined,
  profile: undefined,
  rules: {},
  ruleSpans: {},
  exclude: [],
  context: {},
  rebuilds: {},
  builds: [],
  problems: [],
} as const;

/** Whether `exclude` of the configuration hides a file. */
export function isExcluded(config: Pick<Config, 'exclude' | 'root'>, path: string): boolean {
  if (config.exclude.length === 0 || !isInside(config.root, path) || path === config.root) return false;
  return ignore()
    .add([...config.exclude])
    .ignores(relativePath(config.root, path));
}

/** The thresholds that hold: what the person asked for (`wished`, bytes), else the project's, else the usual ones. */
export function thresholdsOf(config: Pick<Config, 'context'>, wished: Partial<Thresholds> = {}): Thresholds {
  return { ...defaultThresholds, ...config.context, ...wished };
}

/** As `thresholdsOf`, for rebuilds. */
export function rebuildSettingsOf(
  config: Pick<Config, 'rebuilds'>,
  wished: Partial<RebuildSettings> = {},
): RebuildSettings {
  return { ...defaultRebuilds, ...config.rebuilds, ...wished };
}

/** All problems of a configuration, those with rules that do not exist among them, in the order of the text. */
export function problemsOf(config: Config, known: ReadonlySet<string>): readonly Problem[] {
  const unknown = Object.entries(config.ruleSpans)
    .filter(([id]) => !known.has(id))
    .map(([id, span]) => ({ message: `There is no rule "${id}".${didYouMean(id, known)}`, span }));
  return byPlace([...config.problems, ...unknown]);
}

interface Reader {
  problem(message: string, node: unknown): void;
  spanOf(node: unknown): Span;
}

function readerFor(text: string, problems: Problem[]): Reader {
  const spanOf = (node: unknown): Span => {
    const range = (node as Node | null | undefined)?.range;
    return range ? { start: range[0], end: range[1] } : { start: 0, end: Math.min(1, text.length) };
  };
  return { spanOf, problem: (message, node) => problems.push({ message, span: spanOf(node) }) };
}

/** In the order of the text; of two at one place the first found first. */
function byPlace(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.span.start - b.span.start);
}

/** The one problem of a text that is no YAML: whatever else seems wrong may come from it. Undefined where it is YAML. */
function brokenYaml(errors: readonly YAMLParseError[]): readonly Problem[] | undefined {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (first === undefined) return undefined;
  const message = first.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? 'This is no YAML.';
  return [{ message, span: { start: first.pos[0], end: first.pos[1] } }];
}

function repeatedKey({ pos: [start, end] }: YAMLParseError): Problem {
  return { message: 'This is given a second time.', span: { start, end } };
}

/** Reads a configuration text. The result still wants the project root, so that it can be remembered by text. */
export function parseConfig(text: string): (root: string) => Config {
  const problems: Problem[] = [];
  const reader = readerFor(text, problems);
  const document = parseDocument(text, { lineCounter: new LineCounter(), logLevel: 'silent' });
  const broken = brokenYaml(document.errors);
  const top = document.contents;
  if (top !== null && !isMap(top)) {
    reader.problem('The configuration has to be a map of settings.', top);
    return (root) => ({ ...emptyConfig, root, problems: broken ?? problems });
  }
  if (broken === undefined) problems.push(...document.errors.map(repeatedKey));
  const values = entries(top, configDescription, reader);
  const rules = readRules(values.get('rules'), reader);
  const profile = textOf(values.get('profile'), 'profile', reader);
  const exclude = readTexts(values.get('exclude'), 'exclude', reader);
  const context = scaled(readNumbers(values.get('context'), 'context', reader), megabyte);
  const rebuilds = {
    ...readNumbers(values.get('history'), 'history', reader),
    ...readNumbers(values.get('rebuild'), 'rebuild', reader),
  };
  const builds = readBuilds(values.get('builds'), reader);
  if (profile !== undefined && !isOneOf(profiles, profile)) {
    reader.problem(`"profile" is one of ${profiles.join(', ')}.`, values.get('profile'));
  }
  return (root) => ({
    path: undefined,
    root,
    profile: profile !== undefined && isOneOf(profiles, profile) ? profile : undefined,
    ...rules,
    ...(broken === undefined ? {} : { ruleSpans: {} }),
    exclude,
    context,
    rebuilds,
    builds: builds.map((build) => rooted(build, root)),
    problems: broken ?? byPlace(problems),
  });
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

function entries(map: YAMLMap | null, keys: readonly ConfigKey[], reader: Reader): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const pair of map?.items ?? []) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    if (keys.some((key) => key.name === name)) found.set(name, pair.value);
    else {
      const names = keys.map((key) => key.name);
      const hint = didYouMean(name, names) || ` Known are ${names.join(', ')}.`;
      reader.problem(`There is no setting "${name}".${hint}`, pair.key);
    }
  }
  return found;
}

function isNull(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

function textOf(node: unknown, name: string, reader: Reader): string | undefined {
  if (isNull(node)) return undefined;
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  reader.problem(`"${name}" has to be a text.`, node);
  return undefined;
}

function readTexts(node: unknown, name: string, reader: Reader): readonly string[] {
  if (isNull(node)) return [];
  if (!isSeq(node)) {
    reader.problem(`"${name}" has to be a list of texts.`, node);
    return [];
  }
  return node.items.flatMap((item) => textOf(item, `${name}[]`, reader) ?? []);
}

function readRules(node: unknown, reader: Reader): Pick<Config, 'rules' | 'ruleSpans'> {
  const rules: Record<string, RuleSetting> = {};
  const ruleSpans: Record<string, Span> = {};
  if (isNull(node)) return { rules, ruleSpans };
  if (!isMap(node)) {
    reader.problem('"rules" has to be a map from rule to severity.', node);
    return { rules, ruleSpans };
  }
  for (const { key, value } of node.items) {
    const id = isScalar(key) ? String(key.value) : '';
    // YAML 1.1 habits: `off` without quotes may have become false.
    const raw = isScalar(value) ? (value.value === false ? 'off' : value.value) : undefined;
    ruleSpans[id] = reader.spanOf(key);
    if (typeof raw === 'string' && isOneOf([...severities, 'off'], raw)) rules[id] = raw as RuleSetting;
    else
      reader.problem(
        `The severity of "${id}" is one of off, hint, information, warning, error.`,
        value ?? key,
      );
  }
  return { rules, ruleSpans };
}

function numberOf(node: unknown, { name, minimum = 0 }: ConfigKey, reader: Reader): number | undefined {
  if (isNull(node)) return undefined;
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= minimum) return value;
  reader.problem(`"${name}" has to be a number, ${minimum} or more.`, node);
  return undefined;
}

/** The numbers of a setting that is a map of numbers. */
function readNumbers(node: unknown, name: string, reader: Reader): Record<string, number> {
  if (isNull(node)) return {};
  const keys = configDescription.find((key) => key.name === name)?.keys ?? [];
  if (!isMap(node)) {
    reader.problem(
      `"${name}" has to be a map with ${keys.map((key) => `"${key.name}"`).join(' and ')}.`,
      node,
    );
    return {};
  }
  const values = entries(node, keys, reader);
  const numbers = keys.flatMap((key): [string, number][] => {
    const value = numberOf(values.get(key.name), key, reader);
    return value === undefined ? [] : [[key.name, value]];
  });
  return Object.fromEntries(numbers);
}

function scaled(numbers: Readonly<Record<string, number>>, unit: number): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value * unit]));
}

type RawBuild = Omit<ConfiguredBuild, 'context'> & { readonly context: string | undefined };

function readBuilds(node: unknown, reader: Reader): readonly RawBuild[] {
  if (isNull(node)) return [];
  if (!isSeq(node)) {
    reader.problem('"builds" has to be a list of builds.', node);
    return [];
  }
  return node.items.flatMap((item) => {
    if (isMap(item)) return readBuild(item, reader) ?? [];
    reader.problem('A build has to be a map with at least "dockerfile".', item);
    return [];
  });
}

function readBuild(map: YAMLMap, reader: Reader): RawBuild | undefined {
  const keys = configDescription.find((key) => key.name === 'builds')?.keys ?? [];
  const values = entries(map, keys, reader);
  const dockerfile = textOf(values.get('dockerfile'), 'dockerfile', reader);
  if (dockerfile === undefined) {
    if (isNull(values.get('dockerfile'))) reader.problem('A build needs "dockerfile".', map);
    return undefined;
  }
  return {
    dockerfile,
    context: textOf(values.get('context'), 'context', reader),
    ignoreFile: textOf(values.get('ignoreFile'), 'ignoreFile', reader),
    target: textOf(values.get('target'), 'target', reader) ?? null,
    args: readArgs(values.get('args'), reader),
    span: reader.spanOf(map),
  };
}

function readArgs(node: unknown, reader: Reader): Readonly<Record<string, string | null>> {
  if (isNull(node)) return {};
  if (!isMap(node)) {
    reader.problem('"args" has to be a map from name to value.', node);
    return {};
  }
  const args: Record<string, string | null> = {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (isNull(value)) args[name] = null;
    else if (isScalar(value)) args[name] = String(value.value);
    else reader.problem(`The build argument "${name}" has to be a plain value.`, value);
  }
  return args;
}

function rooted(build: RawBuild, root: string): ConfiguredBuild {
  return {
    ...build,
    dockerfile: joinPath(root, build.dockerfile),
    context: joinPath(root, build.context ?? '.'),
    ignoreFile: build.ignoreFile === undefined ? undefined : joinPath(root, build.ignoreFile),
  };
}
