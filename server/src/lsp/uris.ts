import { URI } from 'vscode-uri';
import { baseName, normalizePath } from '../text/paths.js';

/** Between the client's URIs and the core's paths. */
export interface Uris {
  /** The path of a `file` URI; undefined for every other scheme and for what is no URI. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
}

/**
 * Drives (`file:///c%3A/x` is `c:/x`) and network shares (`file://server/share` is `/server/share`) are read only where
 * `windows` says so: elsewhere `/c:/x` is a folder like any other.
 */
export function createUris(windows: boolean): Uris {
  return {
    pathOf(uri) {
      const parsed = parseUri(uri);
      if (parsed === undefined || parsed.scheme !== 'file') return undefined;
      const local = parsed.authority === '' || parsed.authority === 'localhost';
      if (!windows) return local ? normalizePath(parsed.path) : undefined;
      const path = normalizePath(
        `${local ? '' : `/${parsed.authority}`}${parsed.path.replaceAll('\\', '/')}`,
      );
      const drive = /^\/([a-z]:)(?=\/|$)(.*)/is.exec(path);
      if (drive === null) return path;
      return `${(drive[1] ?? '').toLowerCase()}${drive[2] === '' ? '/' : drive[2]}`;
    },
    uriOf(path) {
      if (/^[a-z]:/i.test(path)) return URI.from({ scheme: 'file', path: `/${path}` }).toString();
      const share = windows ? /^\/([^/]+)(\/.*)$/.exec(path) : null;
      if (share === null) return URI.from({ scheme: 'file', path }).toString();
      return URI.from({ scheme: 'file', authority: share[1] ?? '', path: share[2] ?? '/' }).toString();
    },
  };
}

function parseUri(uri: string): URI | undefined {
  try {
    return URI.parse(uri, true);
  } catch {
    return undefined;
  }
}

const nameByLanguage: Readonly<Record<string, string>> = {
  dockerfile: 'Dockerfile',
  dockercompose: 'compose.yaml',
  'docker-compose': 'compose.yaml',
  'yaml.docker-compose': 'compose.yaml',
  ignore: '.dockerignore',
};

/**
 * The name under which the core sees a document that is no file on this machine: its own, or where that tells nothing
 * (`untitled:Untitled-1`) the one its language stands for.
 */
export function loneName(uri: string, languageId: string, known: (path: string) => boolean): string {
  const own = baseName(parseUri(uri)?.path ?? '') || 'untitled';
  return known(own) ? own : (nameByLanguage[languageId] ?? own);
}
