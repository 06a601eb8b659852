import { parseNpmrc } from '../../syntax/manifests/npm.js';
import { parseYarnrc, type YarnLock } from '../../syntax/manifests/yarn.js';
import { joinPath } from '../../text/paths.js';
import { foldersAbove } from './model.js';
import { scriptsDoubted } from './nodedeps.js';
import { copiesNeeded, scriptNeeds } from './nodeneeds.js';
import { type NodePackage, type Parts, readText } from './nodeparts.js';
import { binsRead, compiles, copiedDependencies, workspacesOf } from './nodeprojects.js';
import { scriptsRead } from './nodescripts.js';
import type { YarnInstall } from './yarn.js';

const SCRIPTS = ['preinstall', 'install', 'postinstall'];
/** Run of the root alone, and not with `--production`. */
const DEVELOPMENT_SCRIPTS = ['prepublish', 'prepare'];

const RISKY_SETTING =
  /^(cafile|prefix|modules-folder|script-shell|--(install\.)?(modules-folder|cwd|production|flat))$/;

/** Whether the settings turn scripts off. */
function settingsRead(parts: Parts, folder: string, ignoresRelease: boolean): boolean {
  const mirrors: string[] = [];
  let off = false;
  for (const at of [folder, ...foldersAbove(folder)]) {
    const own = parseYarnrc(readText(parts, joinPath(at, '.yarnrc')) ?? '');
    const npm = Object.fromEntries(parseNpmrc(readText(parts, joinPath(at, '.npmrc')) ?? ''));
    for (const settings of [own, npm]) {
      const risky = Object.keys(settings).find((key) => RISKY_SETTING.test(key));
      if (risky !== undefined) parts.open(`its settings name ${risky}`);
      const release = settings['yarn-path'];
      if (release !== undefined) {
        parts.files(joinPath(at, release));
        if (!ignoresRelease) parts.needs('release', joinPath(at, release));
      }
      const mirror = settings['yarn-offline-mirror'];
      if (mirror !== undefined && mirror !== 'false') mirrors.push(joinPath(at, mirror));
      off ||= settings['ignore-scripts'] === 'true' || settings['--install.ignore-scripts'] === 'true';
    }
  }
  for (const mirror of mirrors) parts.folder(mirror);
  return off;
}

/**
 * Notes what yarn 1 reads, seen by strace with 1.22.22: package.json, yarn.lock, .npmrc and .yarnrc here and in the folders
 * above, .yarnclean, the package.json of workspaces, folders behind `file:` whole. It only looks whether lock files of npm are
 * there.
 * Gives the folder below test/ecosystems whose builds prove it.
 */
export function classicReads(
  parts: Parts,
  root: NodePackage,
  install: YarnInstall,
  lock: YarnLock | undefined,
): string {
  const { folder } = root;
  const scriptsOff = settingsRead(parts, folder, install.ignoresRelease === true) || install.ignoreScripts;
  parts.files(joinPath(folder, '.yarnclean'));
  parts.looksFor(
    ...[
      'npm-shrinkwrap.json',
      'package-lock.json',
      '.pnp.js',
      '.yarnrc.yml',
      '.yarn-metadata.json',
      'yarn.json',
    ].map((name) => joinPath(folder, name)),
  );
  const members = workspacesOf(parts, folder, root.manifest.workspacePatterns);
  for (const own of members) {
    parts.looksFor(joinPath(own.folder, '.yarn-metadata.json'));
    binsRead(parts, own);
  }
  const copied = copiedDependencies(parts, [root, ...members], ['file', 'path']);
  parts.output(
    joinPath(folder, 'node_modules'),
    ...members.map((own) => joinPath(own.folder, 'node_modules')),
  );
  copiesNeeded(parts, root);
  const proof = members.length + copied.length > 0 ? 'yarn-workspaces' : 'yarn';
  if (scriptsOff) return proof;
  scriptNeeds(parts, root, SCRIPTS);
  scriptsRead(parts, root, install.omitsDev ? SCRIPTS : [...SCRIPTS, ...DEVELOPMENT_SCRIPTS]);
  for (const own of [...members, ...copied]) scriptsRead(parts, own, SCRIPTS);
  for (const own of [root, ...members]) compiles(parts, own.folder);
  const names = new Set([...members, ...copied].map(({ manifest }) => manifest.name));
  const foreign = lock?.packages.filter((name) => !names.has(name)) ?? [];
  if (foreign.length > 0) scriptsDoubted(parts, undefined);
  return proof;
}
