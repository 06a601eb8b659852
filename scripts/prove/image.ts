import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readTar } from '../record/tar.js';
import type { Difference } from './facts.js';

/** Path → type, mode, owner, link target and hash of what is there. */
export type Image = ReadonlyMap<string, string>;

/** One layer: what it puts and, as undefined, what it takes away. `/*` behind a folder: all that was in it. */
type Layer = ReadonlyMap<string, string | undefined>;

/** Layers read already, by digest: those of base images are in every image. */
export type LayerCache = Map<string, Layer>;

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
}

function readLayer(bytes: Buffer): Layer {
  const out = new Map<string, string | undefined>();
  for (const { name, type, mode, uid, gid, link, body } of readTar(bytes)) {
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const base = name.slice(folder.length);
    if (base === '.wh..wh..opq') out.set(`/${folder}*`, undefined);
    else if (base.startsWith('.wh.')) out.set(`/${folder}${base.slice(4)}`, undefined);
    // A second name of a file is the same file: its content is compared, not which name came first.
    else if (type === '1') out.set(`/${name}`, out.get(`/${link.replace(/^\.?\//, '')}`) ?? `1 ${link}`);
    else {
      const hash = type === '0' ? createHash('sha256').update(body).digest('hex') : '';
      out.set(`/${name}`, [type, mode, uid, gid, link, hash].join(' '));
    }
  }
  return out;
}

function apply(image: Map<string, string>, layer: Layer): void {
  for (const [name, entry] of layer) {
    if (entry !== undefined) continue;
    const all = name.endsWith('/*');
    const folder = all ? name.slice(0, -2) : name;
    for (const at of [...image.keys()])
      if (at.startsWith(`${folder}/`) || (!all && at === name)) image.delete(at);
  }
  for (const [name, entry] of layer) if (entry !== undefined) image.set(name, entry);
}

/** The files and the configuration of the image in an OCI layout. */
export function readImage(layout: string, layers: LayerCache): Image {
  const blob = (digest: string): Buffer =>
    readFileSync(path.join(layout, 'blobs', digest.replace(':', path.sep)));
  const json = <T>(bytes: Buffer): T => JSON.parse(bytes.toString('utf8')) as T;
  const index = json<{ readonly manifests: readonly Descriptor[] }>(
    readFileSync(path.join(layout, 'index.json')),
  );
  const manifest = json<{ readonly config: Descriptor; readonly layers: readonly Descriptor[] }>(
    blob(index.manifests[0]?.digest ?? ''),
  );
  const image = new Map<string, string>();
  for (const { digest, mediaType } of manifest.layers) {
    let layer = layers.get(digest);
    if (layer === undefined) {
      const bytes = blob(digest);
      layer = readLayer(mediaType.endsWith('gzip') ? gunzipSync(bytes) : bytes);
      layers.set(digest, layer);
    }
    apply(image, layer);
  }
  const { config } = json<{ readonly config?: unknown }>(blob(manifest.config.digest));
  return image.set('(configuration)', JSON.stringify(config));
}

/** The paths that are not the same in both, sorted. */
export function differences(a: Image, b: Image): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();
}

/** A pattern of `noise`: `*` stands for anything within a name, `**` for any number of folders, `{a,b}` for one of them. */
export function globOf(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/?|\*|\{[^}]*\})/)
    .map((part) => {
      if (part.startsWith('{')) return `(?:${part.slice(1, -1).replaceAll(',', '|')})`;
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
}

/** At most so many paths are kept. */
const CAP = 12;

/** Paths that differ as they are kept. */
export function differenceOf(paths: readonly string[]): Difference {
  // cargo names folders after the registry's host.
  const kept = paths
    .slice(0, CAP)
    .map((at) => at.replace(/\/index\.[\w.]+-(?=[0-9a-f]{16}\b)/g, '/registry.invalid-'));
  return { count: paths.length, paths: kept };
}
