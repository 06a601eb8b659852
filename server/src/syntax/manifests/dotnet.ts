import { allBelow, childrenOf, parseXmlRoot, type XmlElement } from './xml.js';

/** Something an MSBuild file names; `conditional`: it may be left out. */
export interface MsbuildName {
  readonly value: string;
  readonly conditional: boolean;
}

/** One thing of an MSBuild file that matters for a restore, in the order written. */
export type MsbuildItem =
  | { readonly kind: 'property'; readonly name: string; readonly value: MsbuildName }
  | { readonly kind: 'import'; readonly value: MsbuildName }
  | { readonly kind: 'reference'; readonly value: MsbuildName };

/** What Plimsoll needs of a project, `.props` or `.targets` file. */
export interface MsbuildFile {
  readonly items: readonly MsbuildItem[];
  /** Literal arguments of `Exists('…')` in conditions. */
  readonly exists: readonly string[];
  /** Why reading it may run code or read files that are not named, a phrase; undefined where it does not. */
  readonly reads: string | undefined;
}

const RESTORE_TARGETS =
  /(^|;)\s*_?(Restore|CollectPackageReferences|CollectPackageDownloads|GenerateRestoreGraph|CollectCentralPackage)/i;

function readsOf(root: XmlElement, text: string): string | undefined {
  if (
    /\$\(\[System\.IO\.(File|Directory)\]::/i.test(text) ||
    /\$\(\[MSBuild\]::(GetRegistry|LoadXml)/i.test(text)
  )
    return 'reads files while it is evaluated';
  const hooks = allBelow(root, 'Target').some((target) =>
    ['BeforeTargets', 'AfterTargets'].some((name) => RESTORE_TARGETS.test(target.attributes[name] ?? '')),
  );
  return hooks || root.attributes.InitialTargets !== undefined
    ? 'has a target that runs during a restore'
    : undefined;
}

function itemsOf(element: XmlElement, conditional: boolean): MsbuildItem[] {
  return childrenOf(element).flatMap((child): MsbuildItem[] => {
    const maybe = conditional || child.attributes.Condition !== undefined;
    const named = (value: string): MsbuildName => ({ value, conditional: maybe });
    switch (child.name) {
      case 'PropertyGroup':
        return childrenOf(child).map((property) => ({
          kind: 'property',
          name: property.name,
          value: {
            value: property.text.trim(),
            conditional: maybe || property.attributes.Condition !== undefined,
          },
        }));
      case 'Import':
        return child.attributes.Sdk !== undefined || child.attributes.Project === undefined
          ? []
          : [{ kind: 'import', value: named(child.attributes.Project) }];
      case 'ImportGroup':
      case 'ItemGroup':
      case 'Choose':
      case 'When':
      case 'Otherwise':
        return itemsOf(child, maybe || child.name === 'When' || child.name === 'Otherwise');
      case 'ProjectReference':
        return child.attributes.Include === undefined
          ? []
          : child.attributes.Include.split(';')
              .filter((value) => value.trim() !== '')
              .map((value) => ({ kind: 'reference', value: named(value.trim()) }));
      default:
        return [];
    }
  });
}

/** The MSBuild file in `text`; undefined where it is none. */
export function parseMsbuild(text: string): MsbuildFile | undefined {
  const root = parseXmlRoot(text);
  if (root?.name !== 'Project') return undefined;
  const exists = [...text.matchAll(/Exists\(\s*(?:'|&apos;)([^'&]+)(?:'|&apos;)\s*\)/gi)].map(
    (m) => m[1] ?? '',
  );
  return { items: itemsOf(root, false), exists, reads: readsOf(root, text) };
}

/** The projects of a solution as written: .sln, .slnx or .slnf; undefined where it can't be read. */
export function parseSolution(text: string): readonly string[] | undefined {
  const trimmed = text.replace(/^\uFEFF/, '').trimStart();
  if (trimmed.startsWith('<')) {
    const root = parseXmlRoot(trimmed);
    return root && allBelow(root, 'Project').flatMap((project) => project.attributes.Path ?? []);
  }
  if (!/^Microsoft Visual Studio Solution File/m.test(trimmed)) return undefined;
  const folders = '{2150E333-8FDC-42A3-9474-1A3956D46DE8}';
  return [...trimmed.matchAll(/^Project\("([^"]*)"\)\s*=\s*"[^"]*",\s*"([^"]*)"/gm)]
    .filter(([, type]) => type?.toUpperCase() !== folders)
    .map(([, , path]) => path ?? '');
}

/** What a nuget.config says of places inside the project. */
export interface NugetConfig {
  /** Package sources that are no addresses, as written. */
  readonly localSources: readonly string[];
  /** Where packages go, as written; undefined for the usual place. */
  readonly packages: string | undefined;
}

/** The nuget.config in `text`; undefined where it can't be read. */
export function parseNugetConfig(text: string): NugetConfig | undefined {
  const root = parseXmlRoot(text);
  if (root?.name !== 'configuration') return undefined;
  const adds = (section: string): XmlElement[] => childrenOf(childrenOf(root, section)[0], 'add');
  return {
    localSources: [...adds('packageSources'), ...adds('fallbackPackageFolders')]
      .map((add) => add.attributes.value ?? '')
      .filter((value) => !/^https?:/i.test(value)),
    packages: adds('config').find((add) =>
      /^(globalPackagesFolder|repositoryPath)$/i.test(add.attributes.key ?? ''),
    )?.attributes.value,
  };
}
