import { allBelow, childrenOf, descend, parseXmlRoot, textOf, type XmlElement } from './xml.js';

/** A Maven artifact as `group:name`, with an empty group where it is not written. */
export type Coordinates = string;

/** What a pom.xml says of the files it needs. Words are as written, `${…}` included. */
export interface Pom {
  readonly coordinates: Coordinates;
  /** Its parent; undefined where there is none. */
  readonly parent: Coordinates | undefined;
  readonly profiles: boolean;
  /** Where the parent is looked for; undefined where there is no parent, or where it comes from a repository only. */
  readonly parentPath: string | undefined;
  /** Folders or files of its modules, those of profiles too. */
  readonly modules: readonly string[];
  /** Plugins, build extensions, and what those depend on. */
  readonly plugins: readonly Coordinates[];
  /** Plugins that may change how Maven reads a project, and build extensions. */
  readonly extensions: readonly Coordinates[];
  /** Addresses of repositories that may lie inside the project. */
  readonly repositories: readonly string[];
  /** Files named as dependencies. */
  readonly systemPaths: readonly string[];
  /** Files whose being there, or not, turns a profile on. */
  readonly activatedBy: readonly string[];
}

function coordinatesOf(element: XmlElement, group = ''): Coordinates {
  return `${textOf(element, 'groupId') ?? group}:${textOf(element, 'artifactId') ?? ''}`;
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value): value is T => value !== undefined);
}

/** The pom in `text`; undefined where it is no pom. */
export function parsePom(text: string): Pom | undefined {
  const root = parseXmlRoot(text);
  if (root?.name !== 'project') return undefined;
  const [parent] = childrenOf(root, 'parent');
  const profiles = descend(root, 'profiles', 'profile');
  const builds = [root, ...profiles].flatMap((at) => childrenOf(at, 'build'));
  const plugins = builds.flatMap((build) => [
    ...descend(build, 'plugins', 'plugin'),
    ...descend(build, 'pluginManagement', 'plugins', 'plugin'),
  ]);
  const extensions = builds.flatMap((build) => descend(build, 'extensions', 'extension'));
  const used = plugins.flatMap((plugin) => [plugin, ...descend(plugin, 'dependencies', 'dependency')]);
  const mavenPlugins = 'org.apache.maven.plugins';
  const loaded = plugins.filter((plugin) => textOf(plugin, 'extensions') === 'true');
  const relative = childrenOf(parent, 'relativePath')[0]?.text.trim();
  const group = parent && textOf(parent, 'groupId');
  return {
    coordinates: coordinatesOf(root, group),
    parent: parent && coordinatesOf(parent),
    profiles: profiles.length > 0,
    // An empty element says that the parent is not looked for on the disk.
    parentPath: parent === undefined || relative === '' ? undefined : (relative ?? '../pom.xml'),
    modules: [root, ...profiles].flatMap((at) => descend(at, 'modules', 'module').map((m) => m.text.trim())),
    plugins: [...used, ...extensions].map((plugin) => coordinatesOf(plugin, mavenPlugins)),
    extensions: [...loaded, ...extensions].map((extension) => coordinatesOf(extension, mavenPlugins)),
    repositories: present(
      [...allBelow(root, 'repository'), ...allBelow(root, 'pluginRepository')].map((at) => textOf(at, 'url')),
    ),
    systemPaths: allBelow(root, 'systemPath').map((at) => at.text.trim()),
    activatedBy: profiles
      .flatMap((profile) => descend(profile, 'activation', 'file'))
      .flatMap((file) => present([textOf(file, 'exists'), textOf(file, 'missing')])),
  };
}

/** The extensions of a `.mvn/extensions.xml`; undefined where it can't be read. */
export function parseExtensions(text: string): readonly Coordinates[] | undefined {
  const root = parseXmlRoot(text);
  return root && childrenOf(root, 'extension').map((extension) => coordinatesOf(extension));
}
