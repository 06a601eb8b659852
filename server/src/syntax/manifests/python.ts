import { parseTables, type Table, table, texts } from './toml.js';

/** What Plimsoll needs of a pip requirements or constraints file. */
export interface Requirements {
  /** Paths after -r and --requirement, as written. */
  readonly includes: readonly string[];
  /** Paths after -c and --constraint, as written. */
  readonly constraints: readonly string[];
  /** What it names on the disk: `-e .`, `./pkg`, `name @ file:…`, `--find-links ./wheels`. */
  readonly locals: readonly LocalRequirement[];
  /** Names of distributions, normalized as in PEP 503. */
  readonly names: readonly string[];
}

/** A place on the disk that a requirements file names. */
export interface LocalRequirement {
  /** A package or archive; for `links`, a folder or page of packages to choose from. */
  readonly kind: 'package' | 'links';
  /** As written, without extras, marker, fragment and `file:`; undefined where it is no plain path. */
  readonly path: string | undefined;
}

/** A distribution's name as PEP 503 compares it. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function isLocalPath(text: string): boolean {
  // `git+file:///srv/pkg` is a repository on the disk.
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return /^([a-z]+\+)?file:/i.test(text) || /^[a-z]:[\\/]/i.test(text);
  return (
    /^[.~]?[./\\]/.test(text) ||
    text === '.' ||
    /[\\/]/.test(text) ||
    /\.(whl|zip|tar\.gz|tgz|tar\.bz2)$/i.test(text)
  );
}

/** The plain path in what names a place on the disk; undefined for variables, homes and repositories. */
function localPath(written: string): string | undefined {
  const path = written
    .replace(/\s*;.*$/, '')
    .replace(/#.*$/, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/^file:(\/\/(localhost)?(?=\/))?/i, '')
    .trim();
  const plain = path !== '' && !/^~|\$\{|^[a-z][a-z0-9+.-]*:|\\|%/i.test(path);
  return plain ? path : undefined;
}

/** Joined lines without comments, as pip reads them. */
function logicalLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\\(\r\n|\r|\n)/g, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

function optionOf(line: string): { name: string; value: string } | undefined {
  const match = /^(--?[a-z][a-z-]*)(?:\s*=\s*|\s+)?(.*)$/i.exec(line);
  if (match === null) return undefined;
  const [, name = '', value = ''] = match;
  // `-rfile` and `-e.`: the value may touch a short option.
  const short = /^(-[rcef])(\S.*)$/.exec(line);
  if (short !== null && !line.startsWith('--'))
    return { name: short[1] ?? '', value: (short[2] ?? '').trim() };
  return { name, value: value.trim().replace(/^(["'])(.*)\1$/, '$2') };
}

/** The requirements in `text`, one level: includes are listed, not followed. */
export function parseRequirements(text: string): Requirements {
  const includes: string[] = [];
  const constraints: string[] = [];
  const locals: LocalRequirement[] = [];
  const names: string[] = [];
  for (const line of logicalLines(text)) {
    const option = optionOf(line);
    if (option !== undefined) {
      const { name, value } = option;
      if (name === '-r' || name === '--requirement') includes.push(value);
      else if (name === '-c' || name === '--constraint') constraints.push(value);
      else if (name === '-e' || name === '--editable') {
        if (/^(git|hg|svn|bzr)\+(?!file:)/i.test(value))
          names.push(normalizeName(/#egg=([\w.-]+)/.exec(value)?.[1] ?? value));
        else locals.push({ kind: 'package', path: localPath(value) });
      } else if (/^(-f|--find-links|-i|--index-url|--extra-index-url)$/.test(name)) {
        // A bare word is a folder there.
        if (isLocalPath(value) || !/^[a-z][a-z0-9+.-]*:|\$\{/i.test(value))
          locals.push({ kind: 'links', path: localPath(value) });
      }
      continue;
    }
    const requirement = line.replace(/\s+--(hash|config-settings|global-option)[=\s].*$/, '');
    const direct = /^([\w.-]+)\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(requirement);
    if (direct !== null) {
      if (isLocalPath((direct[2] ?? '').trim()))
        locals.push({ kind: 'package', path: localPath(direct[2] ?? '') });
      else names.push(normalizeName(direct[1] ?? ''));
      continue;
    }
    const head = requirement.split(';')[0]?.trim() ?? '';
    const name = /^([a-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~(].*)?$/i.exec(head)?.[1];
    // `wheels/x.whl` or `pkg/`: anything that is no name and no address is a path.
    if (name === undefined || /\.(whl|zip|tgz|gz|bz2)$/i.test(head)) {
      if (isLocalPath(head) || !/^[a-z][a-z0-9+.-]*:/i.test(head))
        locals.push({ kind: 'package', path: localPath(head) });
    } else names.push(normalizeName(name));
  }
  return { includes, constraints, locals, names };
}

/** What Plimsoll needs of a pyproject.toml. */
export interface PyProject {
  readonly name: string | undefined;
  /** Has a `[project]` table. */
  readonly project: boolean;
  /** Names in `project.dynamic`. */
  readonly dynamic: readonly string[];
  readonly readme: string | undefined;
  /** Names of run-time dependencies, normalized. */
  readonly dependencies: readonly string[];
  /** Names in `[project.scripts]` and `[project.gui-scripts]`. */
  readonly scripts: readonly string[];
  /** Has a `[build-system]` table. */
  readonly buildSystem: boolean;
  /** `[dependency-groups]` and `tool.uv.dev-dependencies` (as `dev`): names per group, includes resolved. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Names of all it may install: run-time, optional and group dependencies. */
  readonly anyDependency: readonly string[];
  /** A dependency is given as an address on the disk (`name @ file:…`). */
  readonly localAddress: boolean;
  readonly uv: {
    readonly package: boolean | undefined;
    readonly workspace: boolean;
    /** Globs of the workspace's members, and of folders that are none. */
    readonly members: readonly string[];
    readonly exclude: readonly string[];
    readonly sources: readonly UvSource[];
    /** Folders of packages, as written. */
    readonly localIndexes: readonly string[];
    /** A list, `all`, or undefined where uv's default (`dev`) holds. */
    readonly defaultGroups: readonly string[] | 'all' | undefined;
  };
}

/** An entry of `tool.uv.sources` that is part of the project. */
export interface UvSource {
  /** Normalized. */
  readonly name: string;
  /** A folder or archive, as written; undefined for a member of the workspace. */
  readonly path: string | undefined;
  /** A folder that is only there for its dependencies. */
  readonly virtual: boolean;
}

function requirementName(requirement: string): string {
  return normalizeName(/^\s*([\w.-]+)/.exec(requirement)?.[1] ?? requirement);
}

function groupNames(groups: Table, name: string, seen: readonly string[]): string[] {
  if (seen.includes(name)) return [];
  const key = Object.keys(groups).find((k) => normalizeName(k) === normalizeName(name));
  const list = key === undefined ? undefined : groups[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    if (typeof item === 'string') return [requirementName(item)];
    const include = table(item)['include-group'];
    return typeof include === 'string' ? groupNames(groups, include, [...seen, name]) : [];
  });
}

function localSources(uv: Table): UvSource[] {
  return Object.entries(table(uv.sources)).flatMap(([name, written]) =>
    (Array.isArray(written) ? written : [written]).flatMap((one) => {
      const { path, workspace, package: built } = table(one);
      if (typeof path !== 'string' && workspace !== true) return [];
      return {
        name: normalizeName(name),
        path: typeof path === 'string' ? path : undefined,
        virtual: built === false,
      };
    }),
  );
}

function localIndexes(uv: Table): string[] {
  const indexes = (Array.isArray(uv.index) ? uv.index : []).map((one) => table(one).url);
  return [...texts(indexes), ...texts(uv['find-links'])].filter(isLocalPath);
}

/** The project in `text`; undefined where it is empty or no TOML (its content is unknown). */
export function parsePyproject(text: string): PyProject | undefined {
  const root = parseTables(text);
  if (root === undefined) return undefined;
  const project = table(root.project);
  const uv = table(table(root.tool).uv);
  const written = table(root['dependency-groups']);
  const groups: Record<string, readonly string[]> = {};
  for (const key of Object.keys(written)) groups[normalizeName(key)] = groupNames(written, key, []);
  const legacy = texts(uv['dev-dependencies']).map(requirementName);
  if (legacy.length > 0) groups.dev = [...(groups.dev ?? []), ...legacy];
  const optional = Object.values(table(project['optional-dependencies'])).flatMap(texts);
  const direct = [...texts(project.dependencies), ...optional];
  const readme = typeof project.readme === 'string' ? project.readme : table(project.readme).file;
  const defaults = uv['default-groups'];
  return {
    name: typeof project.name === 'string' ? project.name : undefined,
    project: root.project !== undefined,
    dynamic: texts(project.dynamic),
    readme: typeof readme === 'string' ? readme : undefined,
    dependencies: texts(project.dependencies).map(requirementName),
    scripts: [...Object.keys(table(project.scripts)), ...Object.keys(table(project['gui-scripts']))],
    buildSystem: root['build-system'] !== undefined,
    groups,
    anyDependency: [...new Set([...direct.map(requirementName), ...Object.values(groups).flat()])],
    localAddress: direct.some((one) => /@\s*file:/i.test(one)),
    uv: {
      package: typeof uv.package === 'boolean' ? uv.package : undefined,
      workspace: uv.workspace !== undefined,
      members: texts(table(uv.workspace).members),
      exclude: texts(table(uv.workspace).exclude),
      sources: localSources(uv),
      localIndexes: localIndexes(uv),
      defaultGroups:
        defaults === 'all' ? 'all' : Array.isArray(defaults) ? texts(defaults).map(normalizeName) : undefined,
    },
  };
}

/**
 * The extras of `[project.optional-dependencies]`: names per extra, both normalized, those of other extras that one names
 * (`app[test]`) with them. Undefined where the text is no TOML.
 */
export function parseExtras(text: string): Readonly<Record<string, readonly string[]>> | undefined {
  const root = parseTables(text);
  if (root === undefined) return undefined;
  const project = table(root.project);
  const own = typeof project.name === 'string' ? normalizeName(project.name) : undefined;
  const written = new Map(
    Object.entries(table(project['optional-dependencies'])).map(([key, list]) => [
      normalizeName(key),
      texts(list),
    ]),
  );
  const namesOf = (extra: string, seen: readonly string[]): string[] =>
    (seen.includes(extra) ? [] : (written.get(extra) ?? [])).flatMap((requirement) => {
      const name = requirementName(requirement);
      if (name !== own) return [name];
      const extras = /\[([^\]]*)\]/.exec(requirement)?.[1]?.split(',') ?? [];
      return extras.flatMap((e) => namesOf(normalizeName(e.trim()), [...seen, extra]));
    });
  return Object.fromEntries([...written.keys()].map((extra) => [extra, namesOf(extra, [])]));
}
