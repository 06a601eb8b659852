import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { differenceOf, differences, globOf, type Image, readImage } from '../../scripts/prove/image.js';

interface Entry {
  readonly name: string;
  readonly text?: string;
  readonly type?: string;
  readonly link?: string;
  readonly mode?: string;
  readonly mtime?: number;
}

/** A tar file of a few entries. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(
    ({ name, text = '', type = '0', link = '', mode = '0000644', mtime = 0 }) => {
      const header = Buffer.alloc(512);
      header.write(name, 0);
      header.write(mode, 100);
      header.write('0000000', 108);
      header.write('0000000', 116);
      header.write(text.length.toString(8).padStart(11, '0'), 124);
      header.write(mtime.toString(8).padStart(11, '0'), 136);
      header.write(type, 156);
      header.write(link, 157);
      const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
      body.write(text);
      return [header, body];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The image of these layers, the first packed as registries do. */
function imageOf(layers: readonly (readonly Entry[])[], config: unknown = {}): Image {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-layout-'));
  try {
    mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true });
    const blob = (name: string, bytes: Buffer | string): { readonly digest: string } => {
      writeFileSync(path.join(folder, 'blobs/sha256', name), bytes);
      return { digest: `sha256:${name}` };
    };
    const all = layers.map((entries, i) =>
      i === 0
        ? {
            ...blob(`l${i}`, gzipSync(tar(entries))),
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          }
        : { ...blob(`l${i}`, tar(entries)), mediaType: 'application/vnd.oci.image.layer.v1.tar' },
    );
    const manifest = { config: blob('config', JSON.stringify({ config })), layers: all };
    const index = { manifests: [blob('manifest', JSON.stringify(manifest))] };
    writeFileSync(path.join(folder, 'index.json'), JSON.stringify(index));
    return readImage(folder, new Map());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const base: readonly Entry[] = [
  { name: 'app/', type: '5', mode: '0000755' },
  { name: 'app/a', text: 'one' },
  { name: 'app/sub/', type: '5', mode: '0000755' },
  { name: 'app/sub/b', text: 'two' },
];

it('is the same however it is spread over layers, and whatever the time', () => {
  const whole = imageOf([[...base, { name: 'app/c', text: 'three' }]]);
  const spread = imageOf([base, [{ name: './app/c', text: 'three', mtime: 1_700_000_000 }]]);
  expect(whole.size).toBe(6);
  expect(differences(whole, spread)).toEqual([]);
});

it('tells content, mode, link target and configuration apart', () => {
  const one = imageOf([base]);
  const other = imageOf(
    [
      base,
      [
        { name: 'app/a', text: 'ONE' },
        { name: 'app/sub/', type: '5', mode: '0000700' },
        { name: 'app/sub/b', type: '2', link: 'a' },
      ],
    ],
    { User: 'app' },
  );
  expect(differences(one, other)).toEqual(['(configuration)', '/app/a', '/app/sub', '/app/sub/b']);
});

it('takes away what a later layer removes, one path or all of a folder', () => {
  expect([...imageOf([base, [{ name: 'app/.wh.a' }, { name: 'app/.wh.sub' }]]).keys()]).toEqual([
    '/app',
    '(configuration)',
  ]);
  const opaque = imageOf([base, [{ name: 'app/sub/.wh..wh..opq' }, { name: 'app/sub/n', text: 'x' }]]);
  expect([...opaque.keys()].filter((name) => name.startsWith('/app/sub'))).toEqual([
    '/app/sub',
    '/app/sub/n',
  ]);
});

it('sees a second name of a file as the file', () => {
  const linked = imageOf([[...base, { name: 'app/z', type: '1', link: 'app/a' }]]);
  const copied = imageOf([[...base, { name: 'app/z', text: 'one' }]]);
  expect(differences(linked, copied)).toEqual([]);
});

it('matches paths of noise', () => {
  expect(globOf('/root/.npm/_logs/**').test('/root/.npm/_logs/a/b.log')).toBe(true);
  expect(globOf('/root/.npm/_logs/**').test('/root/.npm/_logs')).toBe(false);
  expect(globOf('/**/__pycache__/**').test('/usr/lib/x/__pycache__/a.pyc')).toBe(true);
  expect(globOf('/app/*.log').test('/app/sub/a.log')).toBe(false);
  expect(globOf('/{root,home/app}/.x').test('/home/app/.x')).toBe(true);
  expect(globOf('/a.b').test('/aXb')).toBe(false);
});

it('keeps the number of all paths and the first of them', () => {
  const many = Array.from({ length: 20 }, (_, i) => `/${i}`);
  expect(differenceOf(many)).toMatchObject({ count: 20, paths: many.slice(0, 12) });
});
