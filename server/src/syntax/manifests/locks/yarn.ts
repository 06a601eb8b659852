import { collector, type LockedPackages, reachable } from './model.js';

/** A locked package. */
export interface Entry {
  readonly name: string;
  /** What it depends on, as `name@range`. */
  readonly leads: string[];
  readonly programs: string[];
  /** A package of the project: what it depends on holds its development dependencies too. */
  readonly own: boolean;
}

const unquoted = (text: string): string => text.trim().replace(/^(['"])(.*)\1$/, '$2');

/** The descriptors of an entry: `a@^1, a@^2`, `"@s/a@npm:^1, @s/a@npm:^2"`. */
function descriptorsIn(line: string): string[] {
  return line
    .replace(/:\s*$/, '')
    .split(',')
    .map(unquoted)
    .map((d) => d.replace(/^"|"$/g, ''));
}

function nameOf(descriptor: string): string {
  const at = descriptor.indexOf('@', 1);
  return at < 0 ? descriptor : descriptor.slice(0, at);
}

/** `a@npm:^1` and `a@^1` are one. */
function plain(descriptor: string): string {
  return descriptor.replace(/@npm:/, '@');
}

/** Both yarns write their lock files in one way only, so it is read line by line: it may be megabytes. */
function entriesOf(text: string): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let entry: Entry | undefined;
  let list = '';
  for (const line of text.split(/\r\n|\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    if (!line.startsWith(' ')) {
      const descriptors = descriptorsIn(line);
      entry = {
        name: nameOf(descriptors[0] ?? ''),
        leads: [],
        programs: [],
        own: descriptors.some((d) => d.includes('@workspace:')),
      };
      list = '';
      if (line.startsWith('__metadata')) entry = undefined;
      else for (const descriptor of descriptors) entries.set(plain(descriptor), entry);
      continue;
    }
    const heading = /^ {2}(\w+):\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      list = heading;
      continue;
    }
    if (/^ {2}\S/.test(line)) list = '';
    const item = /^ {4}("[^"]+"|[^\s:]+)(?::\s*|\s+)(.*)$/.exec(line);
    if (item === null || entry === undefined) continue;
    const [, key = '', value = ''] = item;
    if (list === 'dependencies' || list === 'optionalDependencies')
      entry.leads.push(plain(`${unquoted(key)}@${unquoted(value)}`));
    else if (list === 'bin') entry.programs.push(unquoted(key));
  }
  return entries;
}

/** A yarn.lock of either yarn: it does not say what the project itself depends on. */
export interface YarnGraph {
  readonly kind: 'classic' | 'berry';
  readonly entries: ReadonlyMap<string, Entry>;
}

/** What a yarn.lock holds; undefined where it locks nothing. */
export function yarnGraph(text: string): YarnGraph | undefined {
  const entries = entriesOf(text);
  return entries.size === 0 ? undefined : { kind: /^__metadata:/m.test(text) ? 'berry' : 'classic', entries };
}

/** The packages of a yarn.lock; `roots` are the run-time dependencies of package.json, `name@range` each. */
export function yarnLocked({ entries }: YarnGraph, roots: readonly string[]): LockedPackages {
  const byName = new Map<string, string[]>();
  for (const [key, { name }] of entries) byName.set(name, [...(byName.get(name) ?? []), key]);
  // A range that is not found as written (resolutions, patches, `workspace:`) counts as any version.
  const keysOf = (lead: string): readonly string[] =>
    entries.has(lead) ? [lead] : (byName.get(nameOf(lead)) ?? []);
  const found = reachable(roots.map(plain).flatMap(keysOf), (key) =>
    (entries.get(key)?.leads ?? []).flatMap(keysOf),
  );
  const stays = new Set([...found].map((key) => entries.get(key)));
  const into = collector();
  for (const entry of new Set(entries.values())) {
    if (entry.own) continue;
    into.add(entry.name, stays.has(entry));
    into.programs(entry.name, Object.fromEntries(entry.programs.map((p) => [p, ''])));
  }
  return into.done();
}
