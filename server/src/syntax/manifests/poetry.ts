import { normalizeName } from './python.js';
import { parseTables, type Table, table, texts } from './toml.js';

/** What Plimsoll needs of a pyproject.toml that Poetry reads. */
export interface PoetryProject {
  /** False where the project only lists dependencies (`package-mode = false`). */
  readonly packageMode: boolean;
  /** Names of the dependencies of each group, normalized; `main` for those of the project itself. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Groups that are only installed on request. */
  readonly optionalGroups: readonly string[];
  /** Folders and archives that dependencies are taken from, as written. */
  readonly paths: readonly string[];
  /** Plugins the project wants of Poetry. */
  readonly plugins: readonly string[];
}

function pathsIn(dependencies: Table): string[] {
  return Object.values(dependencies).flatMap((written) =>
    (Array.isArray(written) ? written : [written]).flatMap((one) => {
      const { path } = table(one);
      return typeof path === 'string' ? [path] : [];
    }),
  );
}

function requirementNames(requirements: readonly string[]): string[] {
  return requirements.map((one) => normalizeName(/^\s*([\w.-]+)/.exec(one)?.[1] ?? one));
}

/** The project in `text`; undefined where it is empty or no TOML, or has nothing for Poetry. */
export function parsePoetry(text: string): PoetryProject | undefined {
  const root = parseTables(text);
  if (root === undefined) return undefined;
  const project = table(root.project);
  const poetry = table(table(root.tool).poetry);
  const main = table(poetry.dependencies);
  const legacy = table(poetry['dev-dependencies']);
  const written = table(poetry.group);
  const groups: Record<string, string[]> = {
    main: [
      ...requirementNames(texts(project.dependencies)),
      ...Object.keys(main)
        .filter((name) => name !== 'python')
        .map(normalizeName),
    ],
  };
  const optionalGroups: string[] = [];
  const add = (name: string, names: readonly string[]): void => {
    groups[name] = [...new Set([...(groups[name] ?? []), ...names])];
  };
  if (Object.keys(legacy).length > 0) add('dev', Object.keys(legacy).map(normalizeName));
  for (const [name, value] of Object.entries(written)) {
    const group = table(value);
    add(normalizeName(name), Object.keys(table(group.dependencies)).map(normalizeName));
    if (group.optional === true) optionalGroups.push(normalizeName(name));
  }
  for (const [name, value] of Object.entries(table(root['dependency-groups'])))
    add(normalizeName(name), requirementNames(texts(value)));
  const direct = texts(project.dependencies).flatMap(
    (one) => /@\s*file:(?:\/\/)?([^\s;]+)/i.exec(one)?.[1] ?? [],
  );
  return {
    packageMode: poetry['package-mode'] !== false,
    groups,
    optionalGroups,
    paths: [
      ...pathsIn(main),
      ...pathsIn(legacy),
      ...Object.values(written).flatMap((group) => pathsIn(table(table(group).dependencies))),
      ...direct,
    ],
    plugins: Object.keys(table(poetry['requires-plugins'])),
  };
}

/** Folders and archives that a poetry.lock takes packages from, as written, relative to it. */
export function localsOfPoetryLock(text: string): readonly string[] {
  const sources = text.matchAll(
    /^\[package\.source\]\r?\ntype = "(?:directory|file)"\r?\nurl = "([^"\n]+)"/gm,
  );
  return [...sources].map((source) => source[1] ?? '');
}

/** What a poetry.toml says of the environment's place; undefined for what it does not say. */
export interface PoetrySettings {
  readonly create: boolean | undefined;
  readonly inProject: boolean | undefined;
}

/** The settings of a poetry.toml that decide where packages go. */
export function parsePoetrySettings(text: string): PoetrySettings {
  const environments = table(parseTables(text)?.virtualenvs);
  const flag = (name: string): boolean | undefined => {
    const value = environments[name];
    return typeof value === 'boolean' ? value : undefined;
  };
  return { create: flag('create'), inProject: flag('in-project') };
}
