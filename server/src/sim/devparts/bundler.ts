import { gemGraph, gemsLocked } from '../../syntax/manifests/locks/bundler.js';
import { dirName, joinPath } from '../../text/paths.js';
import { inFolder } from '../commands.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import { gemGroups, gemsOnlyIn, missingGem } from './gems.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace, Omission } from './model.js';
import { commandsBefore, hasPlainBase, mayStart } from './place.js';

const DEVELOPMENT = new Set(['development', 'test']);

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

/** The groups that settings leave out, and what says so; undefined where nothing does, `unknown` where that can't be told. */
function leftOut(
  install: Install,
  place: InstallPlace,
): { readonly groups: ReadonlySet<string>; readonly omission: Omission } | 'unknown' | undefined {
  const variables = variablesOf(install.command, place.step, place.commands);
  if ([...variables.keys()].some((k) => /^BUNDLE_(WITH|ONLY|GEMFILE|APP_CONFIG)$/.test(k))) return 'unknown';
  if (place.files.exists(joinPath(install.folder, '.bundle/config'))) return 'unknown';
  const { words } = install.command;
  if (install.flags.some((f) => /^--(with|gemfile|without=.*)$/.test(f))) return 'unknown';
  const configured = commandsBefore(place)
    .split('\n')
    .filter((line) => /^bundler?\s+config\b.*\b(without|with|only|gemfile)\b/.test(line));
  const at = words.findIndex((w) => w.value === '--without');
  const end = words.findIndex((w, i) => i > at && w.value.startsWith('-'));
  const given = at < 0 ? [] : words.slice(at, end < 0 ? undefined : end);
  const variable = variables.get('BUNDLE_WITHOUT');
  const told = [given.length > 0, variables.has('BUNDLE_WITHOUT'), configured.length > 0].filter(Boolean);
  if (told.length === 0) return undefined;
  if (told.length > 1 || configured.length > 1) return 'unknown';
  const named = (text: string): ReadonlySet<string> => new Set(text.split(/[\s:,]+/).filter((g) => g !== ''));
  if (given.length > 0)
    return {
      groups: named(
        given
          .slice(1)
          .map((w) => w.value)
          .join(' '),
      ),
      omission: { by: given.map((w) => w.value).join(' '), words: given, undo: undefined },
    };
  // Both hold for `bundle exec` too, so nothing on the install alone undoes them.
  const omission = (by: string): Omission => ({ by, words: [], undo: undefined });
  if (variables.has('BUNDLE_WITHOUT'))
    return variable === undefined
      ? 'unknown'
      : { groups: named(variable), omission: omission(`BUNDLE_WITHOUT=${variable}`) };
  const [line = ''] = configured;
  const value =
    /^bundle\s+config\s+(?:set\s+)?(?:--(?:local|global)\s+)?(?:set\s+)?without\s+([\w\s:]+)$/.exec(
      line,
    )?.[1];
  return value === undefined
    ? 'unknown'
    : { groups: named(value), omission: omission('"bundle config" without') };
}

/** The folder that gems go to. */
function gemFolder(install: Install, place: InstallPlace): string | undefined {
  const variables = variablesOf(install.command, place.step, place.commands);
  const path = variables.has('BUNDLE_PATH') ? variables.get('BUNDLE_PATH') : '/usr/local/bundle';
  return path === undefined ? undefined : inFolder(install.folder, path);
}

/** Whether gems that are not asked for are taken out, or may be: without `clean` they stay (measured with Bundler 2.3). */
function cleans(install: Install, place: InstallPlace): boolean {
  const variables = variablesOf(install.command, place.step, place.commands);
  const said = [...install.flags, ...variables.keys(), commandsBefore(place)];
  return said.some((text) => /--clean|BUNDLE_CLEAN|\bclean\b/.test(text));
}

/** In another environment Rails and others require the gems of its group. */
function runsInProduction({ graph }: InstallPlace): boolean {
  const last = graph.target?.steps.at(-1)?.environment;
  const environments = ['RAILS_ENV', 'RACK_ENV', 'APP_ENV'].flatMap((n) => last?.get(n) ?? []);
  return environments.length > 0 && environments.every((e) => e === 'production');
}

function bundlerPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  const left = leftOut(install, place);
  if (!hasPlainBase(place) || install.unsure || left === 'unknown') return undefined;
  const gemfile = place.files.text(joinPath(install.folder, 'Gemfile'));
  const gems = gemfile === undefined ? undefined : gemGroups(gemfile);
  const folder = gemFolder(install, place);
  if (gems === undefined || folder === undefined) return undefined;
  const only = gemsOnlyIn(gems, left?.groups ?? DEVELOPMENT);
  const graph = place.files.parsed(joinPath(install.folder, 'Gemfile.lock'), gemGraph);
  const locked = graph && gemsLocked(graph, (gem) => !only.has(gem));
  const names = new Set([...only].filter((gem) => locked?.runtime.has(gem) !== true));
  if (names.size === 0 || (left === undefined && !runsInProduction(place))) return undefined;
  const gemPart = { names, locked, root: install.folder };
  return {
    folder,
    names,
    choice: left === undefined ? 'default' : left.omission,
    flag: undefined,
    takesOut: cleans(install, place) ? undefined : false,
    variable: 'BUNDLE_WITHOUT=development:test',
    // Without it Bundler misses the gems that were left out, whatever it starts.
    variableAtStart: true,
    obstacle: undefined,
    startNeedsDev: (start) =>
      mayStart(start, (words, at = install.folder) =>
        startNeedsDev(words, names, (file) => rubyNeeds(place, inFolder(at, file), names)),
      ),
    missingIn: (later) => missingGem(later, gemPart),
    bringsNothing: () => false,
  };
}

/** Bundler: all groups, unless BUNDLE_WITHOUT, `bundle config set without` or `--without` leaves some out. */
export const bundler: DevelopmentManager = { name: 'bundler', partOf: bundlerPart };
