import { argumentsOf, inFolder, isLiteral, programOf, type StepCommand } from '../../../sim/commands.js';
import { npmStartNeedsDev } from '../../../sim/devtools.js';
import { installOf } from '../../../sim/installs.js';
import { nodeLoads } from '../../../sim/loads.js';
import { type PackageManifest, parsePackageJson } from '../../../syntax/manifests/npm.js';
import { parseRequirements } from '../../../syntax/manifests/python.js';
import { joinPath } from '../../../text/paths.js';
import { distributionOf, type ImageName, type SplitScene, type Stack } from '../model.js';

/** The image without compilers and headers, where there is one of that name: `node:22` has `node:22-slim` beside it. */
function slim({ repository, tag }: ImageName): string {
  if (tag === '' || tag === 'latest') return `${repository}:slim`;
  if (/^\d+(\.\d+)*(-(bookworm|bullseye|trixie))?$/.test(tag)) return `${repository}:${tag}-slim`;
  return `${repository}:${tag}`;
}

const NODE_MANAGERS = /^(npm|yarn|pnpm|npx|corepack|node)$/;

function manifestOf({ files, workdir }: SplitScene): PackageManifest | undefined {
  const text = files.text(joinPath(workdir, 'package.json'));
  const manifest = text === undefined ? undefined : parsePackageJson(text);
  return manifest?.workspaces === true ? undefined : manifest;
}

/** Packages that download browsers and the like into a home folder. */
const BROWSERS = /^(@?playwright\b|@?puppeteer$|@puppeteer\/|cypress$)/;

function buildsNode(command: StepCommand): boolean {
  const args = argumentsOf(command);
  const program = programOf(command);
  if (args.some((arg) => BROWSERS.test(arg))) return false;
  return NODE_MANAGERS.test(program) && !(program === 'node' && args.includes('-e'));
}

/** What takes the development dependencies out of node_modules; undefined for what needs more to be known. */
function pruning({ runs, files, workdir }: SplitScene): string | undefined {
  const programs = new Set(runs.flatMap(({ commands }) => commands.map(programOf)));
  const used = ['pnpm', 'yarn', 'npm'].filter((name) => programs.has(name));
  const has = (name: string): boolean => files.exists(joinPath(workdir, name));
  if (used.includes('pnpm')) return has('pnpm-lock.yaml') ? 'RUN pnpm prune --prod' : undefined;
  if (used.includes('yarn')) {
    const classic =
      has('yarn.lock') &&
      !has('.yarnrc.yml') &&
      !/__metadata/.test(files.text(joinPath(workdir, 'yarn.lock')) ?? '');
    return classic ? 'RUN yarn install --production --ignore-scripts --prefer-offline' : undefined;
  }
  return has('package-lock.json') ? 'RUN npm prune --omit=dev' : undefined;
}

/** A Node server: development dependencies and compilers stay behind, all else of its folder comes along. */
export const nodeServer: Stack = {
  name: 'Node',
  builds: buildsNode,
  planOf(scene) {
    const { image, files, runs, start, workdir } = scene;
    const manifest = manifestOf(scene);
    if (image.repository !== 'node' || manifest === undefined) return undefined;
    const builds = runs.some(({ commands }) =>
      commands.some(
        (c) => /^(npm|yarn|pnpm)$/.test(programOf(c)) && argumentsOf(c).some((arg) => /^build\b/.test(arg)),
      ),
    );
    const dev = new Set(
      Object.keys(manifest.devDependencies).filter((n) => manifest.dependencies[n] === undefined),
    );
    const prune = pruning(scene);
    if (!builds || dev.size === 0 || prune === undefined || start.length === 0) return undefined;
    if (Object.keys(manifest.dependencies).some((name) => BROWSERS.test(name))) return undefined;
    const runsWithout = start.every(
      (command) =>
        /^(node|npm)$/.test(programOf(command)) &&
        isLiteral(command) &&
        !npmStartNeedsDev(
          command.words.map(({ value }) => value),
          manifest,
          (entries) =>
            nodeLoads(
              files,
              entries.map((entry) => inFolder(workdir, entry)),
              dev,
            ),
        ),
    );
    if (!runsWithout) return undefined;
    return {
      runtime: slim(image),
      distribution: distributionOf(image),
      finish: [prune],
      setup: [],
      copies: [{ from: workdir, to: workdir }],
      repeatsCopies: false,
      start: undefined,
    };
  },
};

interface Served {
  readonly folder: string;
  readonly port: number;
  /** Unknown paths get index.html. */
  readonly single: boolean;
}

/**
 * The folder that a static file server is started for, with its port; undefined for options that do more, and where only a
 * variable says which port it is.
 */
function servedBy(command: StepCommand, hasPort: boolean): Served | undefined {
  if (!isLiteral(command)) return undefined;
  const words = command.words.map(({ value }) => value);
  const rest = words[0] === 'npx' ? words.slice(words[1] === '-y' || words[1] === '--yes' ? 2 : 1) : words;
  const [program = '', ...args] = rest;
  const tool = program.replace(/@.*$/, '');
  if (tool !== 'serve' && tool !== 'http-server') return undefined;
  let port = hasPort ? Number.NaN : tool === 'serve' ? 3000 : 8080;
  let single = false;
  let folder: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if ((arg === '-s' || arg === '--single') && tool === 'serve') single = true;
    else if (/^(-l|--listen|-p|--port)$/.test(arg)) port = Number(/(\d+)$/.exec(args[++i] ?? '')?.[1]);
    else if (arg.startsWith('-') || folder !== undefined) return undefined;
    else folder = arg;
  }
  return folder === undefined || !Number.isInteger(port) ? undefined : { folder, port, single };
}

/** Files that a Node program serves and nothing more: nginx does that without Node, on the same port. */
export const nodeStatic: Stack = {
  name: 'static files',
  builds: buildsNode,
  planOf({ image, node, runs, start, workdir }) {
    const [only] = start;
    const hasPort = node.steps.some(
      ({ instruction: one }) => one.kind === 'ENV' && one.pairs.some(({ name }) => name === 'PORT'),
    );
    const served = only === undefined || start.length !== 1 ? undefined : servedBy(only, hasPort);
    const builds = runs.some(({ commands }) =>
      commands.some((c) => argumentsOf(c).some((arg) => /^build\b/.test(arg))),
    );
    if (image.repository !== 'node' || served === undefined || !builds) return undefined;
    const fallback = served.single ? '/index.html' : '=404';
    const lines = [
      `server { listen ${served.port};`,
      'root /usr/share/nginx/html;',
      `location / { try_files $uri $uri/ $uri.html ${fallback}; } }`,
    ];
    return {
      runtime: 'nginx:1-alpine',
      distribution: 'alpine',
      finish: [],
      setup: [`RUN echo '${lines.join(' ')}' > /etc/nginx/conf.d/default.conf`],
      copies: [{ from: inFolder(workdir, served.folder), to: '/usr/share/nginx/html' }],
      repeatsCopies: false,
      start: [],
    };
  },
};

/** Distributions whose wheels are linked with libraries of the system, or are compiled where there is no wheel. */
const SYSTEM_LINKED =
  /^(psycopg2|psycopg-c|mysqlclient|python-ldap|pygraphviz|pycairo|pygobject|pyodbc|xmlsec|uwsgi|pycurl|gdal|mpi4py|dbus-python|netifaces)$/;

function isPip(command: StepCommand): boolean {
  const [first, second] = argumentsOf(command);
  return (
    /^pip[0-9.]*$/.test(command.words[0]?.value ?? '') ||
    (/^python[0-9.]*$/.test(command.words[0]?.value ?? '') && first === '-m' && second === 'pip')
  );
}

const ENVIRONMENT = '/opt/venv';

/** Python: packages are installed into a virtual environment that is copied; what compiled them stays behind. */
export const python: Stack = {
  name: 'Python',
  builds: isPip,
  planOf({ image, files, runs, node, start, workdir }) {
    const installs = runs.filter(({ commands }) =>
      commands.some((c) => isPip(c) && argumentsOf(c).includes('install')),
    );
    const [first] = installs;
    const commands = runs.flatMap((run) => run.commands).filter(isPip);
    if (image.repository !== 'python' || first === undefined || start.length === 0) return undefined;
    // An environment of its own, another place, or a path into the system's: the new one would not be the one that is used.
    const elsewhere = commands.some((c) =>
      argumentsOf(c).some((arg) => /^(-t|--target|--prefix|--user|--root)(=|$)/.test(arg)),
    );
    const known = node.steps.some(({ environment }) => environment.has('VIRTUAL_ENV'));
    const named = start.some(({ words }) => words.some(({ value }) => value.startsWith('/usr/')));
    if (elsewhere || known || named) return undefined;
    const required = installs.flatMap((run) => run.commands).flatMap((c) => installOf(c)?.files ?? []);
    const names = required.flatMap((file) => parseRequirements(files.text(file) ?? '').names);
    const spoken = installs.flatMap((run) => run.commands).flatMap(argumentsOf);
    if (required.some((file) => files.text(file) === undefined)) return undefined;
    const linked = [...names, ...spoken].some((name) => SYSTEM_LINKED.test(name));
    const path = `ENV PATH=${ENVIRONMENT}/bin:$PATH`;
    return {
      runtime: linked ? `${image.repository}${image.tag === '' ? '' : `:${image.tag}`}` : slim(image),
      distribution: distributionOf(image),
      prepare: { before: first.step, lines: [`RUN python -m venv ${ENVIRONMENT}`, path] },
      finish: [],
      setup: [path],
      copies: [ENVIRONMENT, workdir].map((folder) => ({ from: folder, to: folder })),
      repeatsCopies: false,
      start: undefined,
    };
  },
};
