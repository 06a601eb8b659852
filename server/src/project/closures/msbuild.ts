import { joinPath } from '../../text/paths.js';

/** MSBuild properties by their name in small letters; undefined where the value can't be known. */
export type Properties = Map<string, string | undefined>;

/** Places that come with the SDK or a package, not with the project. */
const OUTSIDE =
  /^\$\((MSBuildExtensionsPath\d*|MSBuildToolsPath|MSBuildBinPath|MSBuildSDKsPath|VSToolsPath|NuGetPackageRoot|MSBuildProgramFiles32|Pkg\w+)\)/i;

/** Whether an import names a file of the SDK or of a package. */
export function isOutsideProject(text: string): boolean {
  return OUTSIDE.test(text.trim());
}

const FILE_ABOVE =
  /\$\(\[MSBuild\]::(GetPathOfFileAbove|GetDirectoryNameOfFileAbove)\(\s*([^()]*(?:\([^()]*\)[^()]*)*)\)\)/gi;

function unquoted(text: string): string {
  return text.trim().replace(/^(['"`])(.*)\1$/, '$2');
}

/**
 * An MSBuild text with its properties and the two functions that look for a file above a folder replaced; undefined where it depends
 * on anything else. `above` finds the nearest file of a name from a folder upwards.
 */
export function expandMsbuild(
  text: string,
  properties: Properties,
  above: (name: string, folder: string) => string | undefined,
): string | undefined {
  let known = true;
  const simple = (part: string): string =>
    part.replace(/\$\(([\w.]+)\)/g, (_, name: string) => {
      const value = properties.get(name.toLowerCase());
      if (value === undefined) known = false;
      return value ?? '';
    });
  const found = text.replace(FILE_ABOVE, (_, method: string, list: string) => {
    const [first = '', second = ''] = list.split(',').map((part) => simple(unquoted(part)));
    const folder = properties.get('msbuildthisfiledirectory') ?? '';
    const byPath = method.toLowerCase() === 'getpathoffileabove';
    const name = byPath ? first : second;
    const start = joinPath(folder, ((byPath ? second : first) || '.').replace(/\\/g, '/'));
    const path = above(name, start);
    return path === undefined ? '' : byPath ? path : path.slice(0, path.lastIndexOf('/'));
  });
  const out = simple(found);
  return known && !out.includes('$(') && !out.includes('%(') && !out.includes('@(') ? out : undefined;
}
