import { type BakeTarget, parseBakeJson } from '../syntax/bake/parse.js';
import {
  type Changes,
  changesByName,
  changesInCi,
  changesOf,
  type Known,
} from '../syntax/changing/changes.js';
import { parseDotenv } from '../syntax/compose/dotenv.js';
import { isPlain } from '../syntax/compose/merge.js';
import type { ComposeProject, ResolvedService } from '../syntax/compose/model.js';
import { joinPath } from '../text/paths.js';
import type { Span } from '../text/span.js';
import { entryNamed, type Snapshot } from './snapshot.js';
import type { VolatileArgument } from './volatile.js';

/** A name that nobody gives a fixed value: what it is called decides. */
function saidByName(name: string): Changes | undefined {
  return changesInCi(name) ?? changesByName(name);
}

/** Where `name` stands as a word in a part of a text; the whole part where it does not. */
function wordIn(text: string, within: Span, name: string): Span {
  const part = text.slice(within.start, within.end);
  const at = new RegExp(`(?<![\\w$])${name}\\b`).exec(part)?.index;
  return at === undefined ? within : { start: within.start + at, end: within.start + at + name.length };
}

/** The arguments of a service's build that come from variables nobody fixes and whose name says that they change. */
export function changingInService(
  snapshot: Snapshot,
  compose: ComposeProject,
  service: ResolvedService,
): readonly VolatileArgument[] {
  const build = service.values.get('build');
  if (build === undefined || !isPlain(build.value) || !isPlain(build.value.args)) return [];
  const raw = isPlain(build.raw) ? build.raw.args : undefined;
  const written = Array.isArray(raw) ? fromList(raw) : isPlain(raw) ? raw : {};
  const hasFile = entryNamed(snapshot.list(compose.folder), '.env') !== undefined;
  const fixed = hasFile ? snapshot.parse(joinPath(compose.folder, '.env'), parseDotenv) : undefined;
  const known: Known = (name) => (fixed?.has(name) === true ? null : saidByName(name));
  const text = snapshot.text(build.path) ?? '';
  return Object.keys(build.value.args).flatMap((name): VolatileArgument[] => {
    const value = written[name];
    const changes =
      typeof value === 'string' ? variablesOnly(value, known) : bareName(name, value, written, known);
    if (changes === undefined) return [];
    const at = wordIn(text, build.span, name);
    return [{ name, changes, value: typeof value === 'string' ? value : name, path: build.path, at }];
  });
}

function fromList(items: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    items.flatMap((item) => {
      const [, name, value] = /^([^=]+)(?:=([\s\S]*))?$/.exec(String(item)) ?? [];
      return name === undefined ? [] : [[name, value ?? null] as const];
    }),
  );
}

/** `GIT_SHA` alone takes the variable of that name. */
function bareName(
  name: string,
  value: unknown,
  written: Readonly<Record<string, unknown>>,
  known: Known,
): Changes | undefined {
  return value === null && Object.hasOwn(written, name) ? (known(name) ?? undefined) : undefined;
}

/** Compose and bake run nothing: what looks like a command is text. */
function variablesOnly(value: string, known: Known): Changes | undefined {
  return value.includes('$(') || value.includes('`') ? undefined : changesOf(value, known);
}

/** The arguments of a bake target that come from variables without a default whose name says that they change. */
export function changingInBake(
  snapshot: Snapshot,
  path: string,
  target: BakeTarget,
): readonly VolatileArgument[] {
  const names = Object.keys(target.written);
  if (names.length === 0) return [];
  const variables = snapshot.parse(path, parseBakeJson)?.variables;
  // A default is there for those who don't care; one that means something is what most builds take.
  const known: Known = (name) => (isPlaceholder(variables?.get(name) ?? '') ? saidByName(name) : null);
  const text = snapshot.text(path) ?? '';
  return names.flatMap((name): VolatileArgument[] => {
    const value = target.written[name] ?? '';
    const changes = /\$\{\s*timestamp\(\)/.test(value) ? 'build' : variablesOnly(value, known);
    if (changes === undefined) return [];
    return [{ name, changes, value, path, at: wordIn(text, target.span, name) }];
  });
}

/** A value that stands for one that somebody else is to give. */
export function isPlaceholder(value: string): boolean {
  return /^(?:|0|1|0+|unknown|unset|undefined|none|null|n\/?a|dev|devel|development|develop|local|latest|dirty|snapshot|head|now|today|not[-_ ]?set|unspecified|manual|default|placeholder|0\.0\.0.*|<.*>|1970-01-01.*|unknown[-_ ].*|no[-_].*)$/i.test(
    value.replace(/^(["'])(.*)\1$/s, '$2').trim(),
  );
}
