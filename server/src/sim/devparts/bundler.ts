import { dirName, joinPath } from '../../text/paths.js';
import { inFolder } from '../commands.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { commandsBefore, hasPlainBase, mayStart } from './place.js';

const DEVELOPMENT = new Set(['development', 'test']);

/** Gems of a Gemfile that stand in groups for development or tests alone; undefined where its groups can't be read. */
export function developmentGems(gemfile: string): ReadonlySet<string> | undefined {
  const inside: boolean[] = [];
  const gems = new Map<string, boolean>();
  for (const written of gemfile.split(/\r\n|\n/)) {
    const line = written.replace(/(^|\s)#.*$/, '').trim();
    const group = /^group\s*\(?\s*(.*?)\)?\s+do$/.exec(line)?.[1];
    if (group !== undefined) {
      const names = [...group.matchAll(/:(\w+)|["'](\w+)["']/g)].map((m) => m[1] ?? m[2] ?? '');
      if (names.length === 0) return undefined;
      inside.push(names.every((n) => DEVELOPMENT.has(n)));
    } else if (/(^(if|unless|case|begin)\b)|\bdo(\s*\|.*\|)?$/.test(line)) inside.push(false);
    else if (line === 'end') inside.pop();
    const gem = /^gem\s*\(?\s*["']([\w.-]+)["'](.*)$/.exec(line);
    if (gem === null) continue;
    const own = /(?:\bgroups?:|:groups?\s*=>)\s*(\[[^\]]*\]|:\w+|["']\w+["'])/.exec(gem[2] ?? '')?.[1];
    const names = [...(own ?? '').matchAll(/:(\w+)|["'](\w+)["']/g)].map((m) => m[1] ?? m[2] ?? '');
    const only = own === undefined ? inside.includes(true) : names.every((n) => DEVELOPMENT.has(n));
    gems.set(gem[1] ?? '', only && gems.get(gem[1] ?? '') !== false);
  }
  return new Set([...gems].filter(([, only]) => only).map(([name]) => name));
}

/** Programs that serve, of gems nobody has for development alone. */
const SERVERS =
  /^(puma|unicorn|unicorn_rails|thin|falcon|passenger|sidekiq|rackup|resque|good_job|clockwork)$/;

/** Whether a Ruby program of the project, or a file of it that this requires, names one of `gems`; so it may where it can't be read. */
function rubyNeeds(place: InstallPlace, path: string, gems: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  const todo = [path];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const text = place.shipped.text(at);
    if (text === undefined || seen.size > 60) return true;
    const named = [...text.matchAll(/["']([\w.-]+)(?:\/[\w./-]*)?["']/g)].map((m) => m[1] ?? '');
    if (named.some((name) => gems.has(name)) || /:(development|test)\b/.test(text)) return true;
    for (const [, file = ''] of text.matchAll(/\brequire_relative\s*\(?\s*["']([^"'\n]+)["']/g))
      todo.push(joinPath(dirName(at), /\.rb$/.test(file) ? file : `${file}.rb`));
  }
  return false;
}

function startNeedsDev(
  words: readonly string[],
  gems: ReadonlySet<string>,
  needs: (file: string) => boolean,
): boolean {
  const rest = words[0] === 'bundle' && words[1] === 'exec' ? words.slice(2) : words;
  const program = (rest[0] ?? '').replace(/^.*\//, '');
  if (gems.has(program)) return true;
  if (program === 'rails') return !/^(s|server)$/.test(rest[1] ?? '');
  const [, file = ''] = rest;
  if (program === 'ruby' && /^[\w./-]+$/.test(file) && !file.startsWith('-')) return needs(file);
  return !SERVERS.test(program);
}

function bundlerPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (!hasPlainBase(place) || install.unsure) return undefined;
  const variables = variablesOf(install.command, place.step, place.commands);
  // Whatever says which groups are installed says it with reason.
  if ([...variables.keys()].some((k) => /^BUNDLE_(WITHOUT|WITH|ONLY|GEMFILE|APP_CONFIG)$/.test(k)))
    return undefined;
  if (install.flags.some((f) => /^--(without|with|gemfile)/.test(f))) return undefined;
  if (/bundler?\s+config.*\b(without|with|only|gemfile)\b/.test(commandsBefore(place))) return undefined;
  if (place.files.exists(joinPath(install.folder, '.bundle/config'))) return undefined;
  const gemfile = place.files.text(joinPath(install.folder, 'Gemfile'));
  const names = gemfile === undefined ? undefined : developmentGems(gemfile);
  // In another environment Rails and others require the gems of its group.
  const last = place.graph.target?.steps.at(-1)?.environment;
  const environments = ['RAILS_ENV', 'RACK_ENV', 'APP_ENV'].flatMap((n) => last?.get(n) ?? []);
  if (names === undefined || names.size === 0 || environments.length === 0) return undefined;
  if (environments.some((e) => e !== 'production')) return undefined;
  const path = variables.has('BUNDLE_PATH') ? variables.get('BUNDLE_PATH') : '/usr/local/bundle';
  if (path === undefined) return undefined;
  return {
    folder: inFolder(install.folder, path),
    names,
    choice: 'default',
    flag: undefined,
    variable: 'BUNDLE_WITHOUT=development:test',
    // Without it Bundler misses the gems that were left out, whatever it starts.
    variableAtStart: true,
    obstacle: undefined,
    startNeedsDev: (start) =>
      mayStart(start, (words, at = install.folder) =>
        startNeedsDev(words, names, (file) => rubyNeeds(place, inFolder(at, file), names)),
      ),
    missingIn: () => undefined,
    bringsNothing: () => false,
  };
}

/** Bundler: all groups, unless BUNDLE_WITHOUT or `bundle config set without` leaves some out. */
export const bundler: DevelopmentManager = { name: 'bundler', partOf: bundlerPart };
