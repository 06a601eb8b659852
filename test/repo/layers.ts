import path from 'node:path/posix';

/** The layers in order, leftmost first, and the front doors at the end that do not see each other. */
export interface Layers {
  readonly order: readonly string[];
  readonly doors: readonly string[];
}

/** Reads the drawing of ARCHITECTURE.md: `a ← b ← { c | d } ← (…) client`. Throws where there is none. */
export function readDrawing(architecture: string): Layers {
  const line = architecture.split('\n').find((l) => /^text ← /.test(l));
  if (line === undefined) throw new Error('ARCHITECTURE.md has no drawing of the layers');
  const [core = '', doors = ''] = line.split('{');
  return {
    order: core
      .split('←')
      .map((s) => s.trim())
      .filter((s) => s !== ''),
    doors: (doors.split('}')[0] ?? '').split('|').map((s) => s.trim()),
  };
}

interface Import {
  readonly line: number;
  readonly text: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

/** Every import and re-export of a source text, dynamic ones too. */
export function importsOf(source: string): readonly Import[] {
  const pattern =
    /^(?:import|export)\s+(type\s+)?[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/gm;
  return [...source.matchAll(pattern)].map((m) => ({
    line: source.slice(0, m.index).split('\n').length,
    text: m[0].replace(/\s+/g, ' '),
    target: m[2] ?? m[3] ?? m[4] ?? '',
    typeOnly: m[1] !== undefined,
  }));
}

function mayNameNode(file: string): boolean {
  return (
    /^server\/src\/(?:node|cli)\//.test(file) ||
    /^server\/src\/lsp\/(?:server|main)\.ts$/.test(file) ||
    file.startsWith('client/')
  );
}

/** Why `file` (from the repository's root) may not import `target`; undefined where it may. */
export function complaintAbout(file: string, imported: Import, layers: Layers): string | undefined {
  const { target, typeOnly } = imported;
  const client = file.startsWith('client/');
  if (!target.startsWith('.')) {
    if (target.startsWith('node:') && !mayNameNode(file)) return 'a node: module';
    if (/^vscode-languageserver(?:\/|$)/.test(target) && !file.startsWith('server/src/lsp/'))
      return 'vscode-languageserver';
    if (target === 'vscode' && !client) return 'vscode';
    return undefined;
  }
  const to = path.join(path.dirname(file), target).replace(/\.js$/, '');
  if (client) {
    if (to.startsWith('client/')) return undefined;
    return to === 'server/src/lsp/protocol' && typeOnly ? undefined : 'the server';
  }
  const layerOf = (p: string): string => /^server\/src\/([^/]+)/.exec(p)?.[1] ?? '';
  const [own, other] = [layerOf(file), layerOf(to)];
  if (own === other && own !== '') return undefined;
  const [at, of] = [layers.order.indexOf(own), layers.order.indexOf(other)];
  if (other === 'node') return own === 'lsp' || own === 'cli' ? undefined : 'the real ports';
  if (of < 0) return `"${other}", which is to no one's left`;
  if (at >= 0) return of < at ? undefined : `${other}, which is to its right`;
  return layers.doors.includes(own) || own === 'node'
    ? undefined
    : `${other} from a folder the drawing lacks`;
}
