import { collector, type LockedPackages, reachable } from './model.js';

/** What a Gemfile.lock holds: gem → the gems it depends on, and the gems that the Gemfile names. */
export interface GemGraph {
  readonly leads: ReadonlyMap<string, readonly string[]>;
  readonly named: readonly string[];
}

/** The gems of a Gemfile.lock; undefined where it locks none. */
export function gemGraph(text: string): GemGraph | undefined {
  const leads = new Map<string, string[]>();
  const named: string[] = [];
  let section = '';
  let gem = '';
  for (const line of text.split(/\r\n|\n/)) {
    if (/^\S/.test(line)) section = line.trim();
    const [, indent = '', name = ''] = /^( +)([\w.-]+)/.exec(line) ?? [];
    if (section === 'DEPENDENCIES' && indent.length === 2) named.push(name);
    else if (!/^(GEM|PATH|GIT|PLUGIN SOURCE)$/.test(section)) continue;
    else if (indent.length === 4) {
      gem = name;
      if (!leads.has(gem)) leads.set(gem, []);
    } else if (indent.length === 6) leads.get(gem)?.push(name);
  }
  return leads.size === 0 ? undefined : { leads, named };
}

/** The packages of a Gemfile.lock; `stays`: whether a gem that the Gemfile names is installed. */
export function gemsLocked({ leads, named }: GemGraph, stays: (gem: string) => boolean): LockedPackages {
  const runtime = reachable(named.filter(stays), (gem) => leads.get(gem) ?? []);
  const into = collector();
  for (const gem of leads.keys()) into.add(gem, runtime.has(gem));
  return into.done();
}
