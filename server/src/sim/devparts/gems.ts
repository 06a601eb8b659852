import type { LockedPackages } from '../../syntax/manifests/locks/model.js';
import { joinPath } from '../../text/paths.js';
import { isLiteral } from '../commands.js';
import type { LaterCommand, MissingTool } from './model.js';

/** The group of gems that stand in none. */
export const NO_GROUP = 'default';

/** The gems of a Gemfile with the groups each stands in; undefined where these can't be read. */
export function gemGroups(gemfile: string): ReadonlyMap<string, readonly string[]> | undefined {
  const inside: (readonly string[])[] = [];
  const gems = new Map<string, readonly string[]>();
  const namesIn = (list: string): string[] =>
    [...list.matchAll(/:(\w+)|["'](\w+)["']/g)].map((m) => m[1] ?? m[2] ?? '');
  for (const written of gemfile.split(/\r\n|\n/)) {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    const group = /^group\s*\(?\s*(.*?)\)?\s+do$/.exec(line)?.[1];
    if (group !== undefined) {
      const names = namesIn(group);
      if (names.length === 0) return undefined;
      inside.push(names);
    } else if (/(^(if|unless|case|begin)\b)|\bdo(\s*\|.*\|)?$/.test(line)) inside.push([]);
    else if (line === 'end') inside.pop();
    const gem = /^gem\s*\(?\s*["']([\w.-]+)["'](.*)$/.exec(line);
    if (gem === null) continue;
    const own = /(?:\bgroups?:|:groups?\s*=>)\s*(\[[^\]]*\]|:\w+|["']\w+["'])/.exec(gem[2] ?? '')?.[1];
    const all = [...inside.flat(), ...namesIn(own ?? '')];
    const name = gem[1] ?? '';
    gems.set(name, [...(gems.get(name) ?? []), ...(all.length === 0 ? [NO_GROUP] : all)]);
  }
  return gems;
}

/** Gems all of whose groups are among `groups`. */
export function gemsOnlyIn(
  gems: ReadonlyMap<string, readonly string[]>,
  groups: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set([...gems].filter(([, own]) => own.every((g) => groups.has(g))).map(([name]) => name));
}

/** Programs of gems with another name, as their gemspecs say. */
const BROUGHT_BY: Readonly<Record<string, string>> = {
  rspec: 'rspec-core',
  standardrb: 'standard',
  'bundle-audit': 'bundler-audit',
  'haml-lint': 'haml_lint',
  'slim-lint': 'slim_lint',
  erblint: 'erb_lint',
  srb: 'sorbet',
};

/** What is known of the gems that an install leaves out. */
export interface GemPart {
  readonly names: ReadonlySet<string>;
  readonly locked: LockedPackages | undefined;
  /** The folder of the Gemfile. */
  readonly root: string;
}

function isMissing(gem: string, { locked }: GemPart): boolean {
  return locked?.all.has(gem) === true && !locked.runtime.has(gem);
}

/** A gem that the Rakefile requires at its left margin, so before it runs any task. */
function requiredByRakefile({ files }: LaterCommand, part: GemPart): string | undefined {
  const text =
    files.text(joinPath(part.root, 'Rakefile'))?.replace(/^=begin\b[\s\S]*?^=end\b.*$/gm, '') ?? '';
  const end = /^(exit|abort|return|begin|if|unless|case|while|def|\$LOAD_PATH|\$:)(?!\w)/m.exec(text)?.index;
  for (const [, path = ''] of text
    .slice(0, end)
    .matchAll(/^require\s*\(?\s*["']([\w./-]+)["']\)?\s*(?:#.*)?$/gm)) {
    const [first = '', second] = path.split('/');
    const gems = [first, ...(second === undefined ? [] : [`${first}-${second}`])];
    if (gems.some((gem) => part.locked?.runtime.has(gem) === true)) continue;
    const missing = gems.findLast((gem) => isMissing(gem, part));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

/** A gem that was left out and without which `bundle exec` fails. */
export function missingGem(later: LaterCommand, part: GemPart): MissingTool | undefined {
  const { command } = later;
  const [program, verb, tool = '', ...rest] = command.words.map((w) => w.value);
  if (!isLiteral(command) || command.folder !== part.root || program !== 'bundle' || verb !== 'exec')
    return undefined;
  if (!/^[\w-]+$/.test(tool)) return undefined;
  const gem = Object.hasOwn(BROUGHT_BY, tool) ? (BROUGHT_BY[tool] ?? tool) : tool;
  if (isMissing(gem, part)) return { tool, package: gem, via: [], named: true };
  if (tool !== 'rake' || rest.some((a) => /^-|^[A-Z_]+=/.test(a))) return undefined;
  const required = requiredByRakefile(later, part);
  return required === undefined ? undefined : { tool: 'Rakefile', package: required, via: [], named: false };
}
