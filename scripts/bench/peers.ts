import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The programs Plimsoll is measured against; a path is undefined where this machine cannot have it. */
export interface Peers {
  readonly tally: string | undefined;
  readonly dclint: string;
  readonly dockerLangserver: string;
}

/** Installs the peers with npm into `folder`. Throws where npm fails. */
export function installPeers(folder: string): Peers {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  const tally = process.platform === 'linux' && process.arch === 'x64' ? ['@wharflab/tally-linux-x64'] : [];
  const packages = [...tally, 'dclint', 'dockerfile-language-server-nodejs'];
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const modules = path.join(folder, 'node_modules');
  const binary = path.join(modules, '@wharflab/tally-linux-x64/bin/tally');
  return {
    tally: existsSync(binary) ? binary : undefined,
    dclint: path.join(modules, 'dclint/bin/dclint.cjs'),
    dockerLangserver: path.join(modules, 'dockerfile-language-server-nodejs/bin/docker-langserver'),
  };
}
