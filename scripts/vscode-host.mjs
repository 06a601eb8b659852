// A real VS Code (workbench and Node extension host) served to a browser, put together from npm packages in the
// user's cache folder: what `npm start` uses where no desktop VS Code is installed, and `npm test` on a closed network.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { aptLine, endGroup, findProgram, npm, run, Stop, sleep, startGroup } from './system.mjs';

/** VS Code 1.100.3; it and its native modules are made for Node 20. */
const VERSION = '4.100.3';
const nodePackage = `node-${process.platform}-${process.arch}`;
const NATIVE = ['@vscode/spdlog', 'node-pty', 'native-watchdog'];
const NEEDS = { python3: 'python3', make: 'make', 'g++': 'g++', rg: 'ripgrep' };

function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'plimsoll');
}

function hostFolder() {
  return path.join(cacheFolder(), `vscode-server-${VERSION}`);
}

/** What stands in the way of the browser-based host on this machine, in one sentence; undefined when nothing does. */
export function hostObstacle() {
  if (process.platform !== 'linux') {
    return `the browser-based VS Code needs Debian or Ubuntu; on ${process.platform} install VS Code and its "code" command`;
  }
  const missing = Object.keys(NEEDS).filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} not found; install with: ${aptLine(missing.map((name) => NEEDS[name]))}`;
}

/** Installs the host once (about a minute); resolves to the Node that runs it and its entry script. */
export function ensureHost(say = console.log) {
  const folder = hostFolder();
  if (!existsSync(folder)) {
    const obstacle = hostObstacle();
    if (obstacle !== undefined) throw new Stop(obstacle);
    say(`Installing VS Code server ${VERSION} into ${folder} (once, about a minute) …`);
    mkdirSync(cacheFolder(), { recursive: true });
    const fresh = mkdtempSync(path.join(cacheFolder(), 'installing-'));
    try {
      install(fresh);
      renameSync(fresh, folder);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  // It may have been installed under another Node than the one that runs now.
  if (!process.versions.node.startsWith('20.') && hostNode(folder) === process.execPath) installNode(folder);
  return { node: hostNode(folder), entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** What npm's `node@20` fetches in an install script, which npm may refuse to run: binary and headers. */
function installNode(folder) {
  npm(['install', ...quiet, `${nodePackage}@20`], folder, `npm install ${nodePackage}@20`);
}

function install(folder) {
  writeFileSync(path.join(folder, 'package.json'), '{"name":"plimsoll-vscode-server","private":true}\n');
  npm(['install', ...quiet, `code-server@${VERSION}`, 'node-gyp@11'], folder, 'npm install code-server');
  if (!ownNodeServes()) installNode(folder);
  const modules = path.join(folder, 'node_modules');
  // Only used for password logins, which are off.
  writeFileSync(
    path.join(modules, 'argon2/argon2.js'),
    'module.exports = { hash: async () => "", verify: async () => false };\n',
  );
  const server = path.join(modules, 'code-server/lib/vscode');
  // Its lock file names one dependency by a git address; the same package is on npm.
  rmSync(path.join(server, 'npm-shrinkwrap.json'));
  npm(['install', '--omit=dev', '--legacy-peer-deps', ...quiet], server, 'npm install in VS Code server');
  const node = hostNode(folder);
  const headers = path.resolve(node, '../..');
  const gyp = path.join(modules, 'node-gyp/bin/node-gyp.js');
  for (const name of NATIVE) {
    const cwd = path.join(server, 'node_modules', name);
    run(node, [gyp, 'rebuild', `--nodedir=${headers}`], cwd, `building ${name}`);
  }
  const bin = path.join(server, 'node_modules/@vscode/ripgrep/bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(findProgram('rg'), path.join(bin, 'rg'));
}

/** Whether the Node that runs this script is of the right version and has its headers for the native modules. */
function ownNodeServes() {
  const headers = path.resolve(process.execPath, '../../include/node/node_version.h');
  return process.versions.node.startsWith('20.') && existsSync(headers);
}

function hostNode(folder) {
  const packed = path.join(folder, 'node_modules', nodePackage, 'bin/node');
  return existsSync(packed) ? packed : process.execPath;
}

/** A port on loopback that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts the host on loopback with a profile of its own in a temporary folder.
 * `settings` are the user settings; `vsix` files are installed as a user would install them.
 * Resolves to { base, data, stop } when it answers; `stop` ends its processes and removes the folder.
 */
export async function startHost({ settings = {}, vsix = [], extensions = [], env = {}, log } = {}) {
  const { node, entry } = ensureHost();
  const data = mkdtempSync(path.join(tmpdir(), 'plimsoll-vscode-'));
  const folders = { user: path.join(data, 'User'), extensions: path.join(data, 'extensions') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folders.user, 'settings.json'), JSON.stringify(settings, null, 2));
  for (const folder of extensions) symlinkSync(folder, path.join(folders.extensions, path.basename(folder)));
  const profile = ['--user-data-dir', data, '--extensions-dir', folders.extensions];
  const common = [entry, ...profile, '--config', path.join(data, 'config.yaml')];
  for (const file of vsix) run(node, [...common, '--install-extension', file], data, `installing ${file}`);
  const port = await freePort();
  const server = startGroup(
    node,
    [
      ...common,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--disable-telemetry', '--disable-update-check'],
    ],
    {
      stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
      // Its sockets, which it leaves behind, go into the folder that is removed at the end.
      env: { ...hostEnvironment(), TMPDIR: data, XDG_RUNTIME_DIR: data, ...env, EXTENSIONS_GALLERY: '{}' },
    },
  );
  const stop = async () => {
    await endGroup(server);
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  const base = `http://127.0.0.1:${port}`;
  if (!(await answers(base, server))) {
    await stop();
    throw new Stop('VS Code server did not start');
  }
  return { base, data, server, stop };
}

/** VS Code's own variables, when this runs in its terminal, would make the server take itself for a child of it. */
function hostEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|CODE_SERVER)/.test(name)),
  );
}

async function answers(base, server) {
  for (let i = 0; i < 150 && server.exitCode === null; i++) {
    try {
      if ((await fetch(base, { redirect: 'manual' })).status < 500) return true;
    } catch {
      // not listening yet
    }
    await sleep(200);
  }
  return false;
}
