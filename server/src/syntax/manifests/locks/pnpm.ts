import { nameIn } from '../pnpm.js';
import { collector, type LockedPackages, type Member, reachable } from './model.js';

const SECTION = /^([A-Za-z]\w*):/;

/** A key without quotes; undefined for a line that is none at this depth. */
function keyAt(line: string, depth: number): { readonly key: string; readonly value: string } | undefined {
  const match = /^( *)(?:'([^']+)'|"([^"]+)"|([^\s'"#][^:]*(?::(?!\s|$)[^:]*)*)):(?:\s+(.*))?$/.exec(line);
  if (match === null || (match[1] ?? '').length !== depth) return undefined;
  return {
    key: match[2] ?? match[3] ?? match[4] ?? '',
    value: (match[5] ?? '').replace(/^(['"])(.*)\1$/, '$2'),
  };
}

interface Importer {
  readonly folder: string;
  readonly runtime: Map<string, string>;
  readonly development: Map<string, string>;
}

interface Read {
  readonly importers: Importer[];
  /** Package key → what it depends on, as `name@version` or a key. */
  readonly leads: Map<string, string[]>;
  /** Before version 9: package key → `dev` as written. */
  readonly dev: Map<string, boolean>;
}

const DEPENDENCIES = /^(dependencies|optionalDependencies|devDependencies)$/;

/** Reads line by line: a lock file may be megabytes, and pnpm writes it in one way only. */
function read(text: string): Read {
  const out: Read = { importers: [], leads: new Map(), dev: new Map() };
  let section = '';
  let importer: Importer | undefined;
  let list = '';
  let name = '';
  let item = '';
  const note = (folder: string, kind: string, dependency: string, version: string): void => {
    if (importer === undefined || importer.folder !== folder) {
      importer = { folder, runtime: new Map(), development: new Map() };
      out.importers.push(importer);
    }
    const into = kind === 'devDependencies' ? importer.development : importer.runtime;
    into.set(dependency, version);
  };
  for (const line of text.split(/\r\n|\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const top = SECTION.exec(line);
    if (top !== null) {
      section = top[1] ?? '';
      [list, name, item] = ['', '', ''];
      continue;
    }
    if (DEPENDENCIES.test(section)) {
      // One package alone, before version 9.
      const plain = keyAt(line, 2);
      if (plain !== undefined) name = plain.key;
      if (plain !== undefined && plain.value !== '') note('.', section, name, plain.value);
      const version = keyAt(line, 4);
      if (version?.key === 'version') note('.', section, name, version.value);
    } else if (section === 'importers') {
      item = keyAt(line, 2)?.key ?? item;
      list = keyAt(line, 4)?.key ?? list;
      const dependency = keyAt(line, 6);
      if (dependency !== undefined) name = dependency.key;
      if (!DEPENDENCIES.test(list)) continue;
      if (dependency !== undefined && dependency.value !== '') note(item, list, name, dependency.value);
      const version = keyAt(line, 8);
      if (version?.key === 'version') note(item, list, name, version.value);
    } else if (section === 'packages' || section === 'snapshots') {
      const key = keyAt(line, 2);
      if (key !== undefined) {
        item = key.key;
        list = '';
        if (!out.leads.has(item)) out.leads.set(item, []);
        continue;
      }
      const inner = keyAt(line, 4);
      if (inner !== undefined) list = inner.key;
      if (inner?.key === 'dev') out.dev.set(item, inner.value === 'true');
      const dependency = keyAt(line, 6);
      if (dependency !== undefined && /^(dependencies|optionalDependencies)$/.test(list))
        out.leads.get(item)?.push(`${dependency.key}@${dependency.value}`);
    }
  }
  return out;
}

/** The key of a dependency: its version may be a key by itself where it stands for another package. */
function keyOf(leads: ReadonlyMap<string, unknown>, lead: string): string | undefined {
  const version = lead.slice(lead.indexOf('@', 1) + 1);
  return [lead, version].find((key) => leads.has(key));
}

/** The packages of a pnpm-lock.yaml, workspace members included; undefined where it is none. */
export function pnpmLocked(text: string): LockedPackages | undefined {
  if (!/^lockfileVersion:/m.test(text)) return undefined;
  const { importers, leads, dev } = read(text);
  const into = collector();
  const roots = importers.flatMap(({ runtime }) => [...runtime].map(([n, v]) => `${n}@${v}`));
  const found = reachable(
    roots.flatMap((lead) => keyOf(leads, lead) ?? []),
    (key) => (leads.get(key) ?? []).flatMap((lead) => keyOf(leads, lead) ?? []),
  );
  for (const key of leads.keys())
    into.add(nameIn(key), dev.size > 0 ? dev.get(key) !== true : found.has(key));
  for (const { folder, runtime, development } of importers) {
    // What has another name there is known by that name to the project.
    for (const name of runtime.keys()) into.add(name, true);
    for (const [name, version] of development)
      if (keyOf(leads, `${name}@${version}`) === version) into.add(name, false);
    into.member(memberOf(folder, [...runtime.keys()], [...development.keys()]));
  }
  return into.done();
}

function memberOf(folder: string, dependencies: readonly string[], development: readonly string[]): Member {
  return { folder, dependencies, development };
}
