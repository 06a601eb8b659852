// The licences of the packages that esbuild put into the bundles, for the VSIX.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The text of ThirdPartyNotices.txt; throws when a bundled package has no licence text. */
export function thirdPartyNotices(metafiles, alsoPacked) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = new Set([...inputs.map(packageFolder).filter((f) => f !== undefined), ...alsoPacked]);
  const notices = [...folders].map(notice).sort((a, b) => (a.title < b.title ? -1 : 1));
  const unique = new Map(notices.map((one) => [`${one.title}\n${one.licence}`, one]));
  const line = '-'.repeat(80);
  const parts = [...unique.values()].map(
    ({ title, licence }) => `${line}\n${title}\n${line}\n\n${licence}\n`,
  );
  return ['Plimsoll contains parts of these packages, under these licences.\n', ...parts].join('\n');
}

/** `a/node_modules/@x/y/lib/z.js` → `a/node_modules/@x/y`; undefined for a file of our own. */
function packageFolder(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)([-.].*)?$/i.test(entry));
  const text = file === undefined ? licenceFromReadme(folder) : readFileSync(path.join(folder, file), 'utf8');
  if (text === undefined) throw new Error(`${name} has no licence text`);
  return { title: `${name} ${version} (${license})`, licence: text.replaceAll('\r\n', '\n').trim() };
}

function licenceFromReadme(folder) {
  const readme = ['README.md', 'readme.md'].map((name) => path.join(folder, name)).find(existsSync);
  if (readme === undefined) return undefined;
  return /^#+ *licen[cs]e\b[^\n]*\n([\s\S]+)$/im.exec(readFileSync(readme, 'utf8'))?.[1];
}
