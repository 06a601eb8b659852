// npm start [FOLDER]: opens VS Code with the extension running on FOLDER (default: examples/).
// The desktop `code` where it is installed, else VS Code server in a browser (--browser asks for it).
// Ctrl-C, or closing the window, ends everything this started and removes its profile.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { endGroup, findProgram, root, runScript, Stop, sleep, startGroup } from './system.mjs';
import { hostObstacle, startHost } from './vscode-host.mjs';

/** The profile is made for this one session: nothing is asked, nothing is sent. */
const settings = {
  // In a browser VS Code saves by itself unless told not to, on the desktop it does not.
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

function parseArguments(args) {
  const browser = args.includes('--browser');
  const [given, ...more] = args.filter((arg) => arg !== '--browser');
  if (more.length > 0 || given?.startsWith('-'))
    throw new Stop('usage: npm start [FOLDER] [-- --browser]', 2);
  // npm runs scripts in the package's folder and says in INIT_CWD where it was called.
  const folder =
    given === undefined ? path.join(root, 'examples') : path.resolve(process.env.INIT_CWD ?? '.', given);
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) throw new Stop(`there is no folder ${folder}`, 2);
  if (!stat.isDirectory()) throw new Stop(`${folder} is not a folder`, 2);
  return { folder, browser };
}

async function main() {
  const { folder, browser } = parseArguments(process.argv.slice(2));
  const code = browser ? undefined : desktopCode();
  const obstacle = code === undefined ? hostObstacle() : undefined;
  if (obstacle !== undefined) throw new Stop(`no desktop VS Code ("code") found, and ${obstacle}`);
  await bootstrap();
  const session = code === undefined ? await openInBrowser(folder) : openOnDesktop(code, folder);
  try {
    await Promise.race([session.ended, interrupted()]);
  } finally {
    await session.stop();
  }
  return 0;
}

/** The desktop's `code`; inside a remote window there is another of that name, which opens no window of its own. */
function desktopCode() {
  const code = findProgram('code');
  return code === undefined || /remote-cli/.test(code) ? undefined : code;
}

/** Resolves at Ctrl-C or when the process is told to end. */
function interrupted() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
  });
}

function openOnDesktop(code, folder) {
  const data = mkdtempSync(path.join(tmpdir(), 'plimsoll-code-'));
  const user = path.join(data, 'User');
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings, null, 2));
  const args = [
    '--wait',
    '--new-window',
    '--user-data-dir',
    data,
    '--extensions-dir',
    path.join(data, 'extensions'),
  ];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = startGroup(code, [...args, `--extensionDevelopmentPath=${root}`, folder], {
    stdio: 'inherit',
  });
  console.log(`VS Code opens ${folder}. Press Ctrl-C or close the window to end.`);
  return {
    ended: new Promise((resolve, reject) => {
      child.once('exit', resolve);
      child.once('error', (error) => reject(new Stop(`${code}: ${error.message}`)));
    }),
    async stop() {
      await endMainProcess(path.join(data, 'code.lock'));
      await endGroup(child);
      rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
}

/** `code` detaches the editor it starts from its own group; the editor writes its process id into its profile. */
async function endMainProcess(lockFile) {
  if (!existsSync(lockFile)) return;
  const pid = Number(readFileSync(lockFile, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 1) return;
  const signal = (name) => {
    try {
      process.kill(pid, name);
      return true;
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  for (let i = 0; i < 50 && signal(0); i++) await sleep(100);
  signal('SIGKILL');
}

async function openInBrowser(folder) {
  const host = await startHost({ settings, extensions: [root] });
  const address = `${host.base}/?folder=${encodeURIComponent(folder)}`;
  console.log(`VS Code with Plimsoll on ${folder}:\n\n  ${address}\n\nPress Ctrl-C to end.`);
  const opener = findProgram('xdg-open');
  const desktop = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (opener && desktop)
    startGroup(opener, [address], { stdio: 'ignore' })
      .on('error', () => {})
      .unref();
  return {
    ended: new Promise((_resolve, reject) => {
      host.server.once('exit', (status) => reject(new Stop(`VS Code server ended by itself (${status})`)));
    }),
    stop: host.stop,
  };
}

await runScript(main);
