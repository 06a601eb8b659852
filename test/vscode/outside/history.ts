import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Packages that the lock file of the shop names. */
const packages = 900;
const commits = 120;

const dockerfile = `# syntax=docker/dockerfile:1
FROM node:22-slim AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build

FROM node:22-slim
ARG GIT_SHA
ENV RELEASE=$GIT_SHA
RUN apt-get update && apt-get install -y --no-install-recommends fontconfig fonts-dejavu
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
CMD ["node", "dist/server.js"]
`;

const workflow = `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: .
          push: true
          tags: shop/web:latest
          build-args: |
            GIT_SHA=\${{ github.sha }}
`;

function manifest(version: number): string {
  return `${JSON.stringify(
    {
      name: 'shop',
      version: '1.0.0',
      private: true,
      scripts: { build: 'tsc -p .', start: 'node dist/server.js' },
      dependencies: { express: `5.1.${version}` },
      devDependencies: { typescript: '5.9.2' },
    },
    null,
    2,
  )}\n`;
}

function lock(version: number): string {
  const names = Array.from({ length: packages }, (_, i) => `node_modules/part-${i}`);
  const entries = names.map((name, i) => [name, { version: i === 0 ? `1.0.${version}` : '1.0.0' }]);
  const own = { name: 'shop', version: '1.0.0' };
  return `${JSON.stringify(
    { ...own, lockfileVersion: 3, packages: { '': own, ...Object.fromEntries(entries) } },
    null,
    2,
  )}\n`;
}

type Files = Readonly<Record<string, string>>;

const first: Files = {
  Dockerfile: dockerfile,
  '.dockerignore': '.git*\n.dockerignore\nDockerfile\ndocs\nnode_modules\n',
  '.github/workflows/image.yml': workflow,
  'package.json': manifest(0),
  'package-lock.json': lock(0),
  'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }\n',
  'README.md': '# Shop\n',
  'src/server.ts': 'export const port = 3000;\n',
  'src/cart.ts': 'export const cart = [];\n',
  'src/price.ts': 'export const price = 1;\n',
};

/** What the commits after the first change: mostly sources and the manual, now and then the packages. */
function changed(i: number): Files {
  if (i % 12 === 11) return { 'package.json': manifest(i), 'package-lock.json': lock(i) };
  if (i % 5 < 2) return { 'docs/manual.md': `# Shop\n\nRelease ${i}\n` };
  const name = ['server', 'cart', 'price'][i % 3];
  return { [`src/${name}.ts`]: `export const ${name} = ${i};\n` };
}

/** One commit in git's import format. */
function commit(i: number): string {
  const files = Object.entries(i === 0 ? first : changed(i));
  const time = 1_750_000_000 + 86_400 * i;
  const writes = files.map(([name, text]) => `M 100644 inline ${name}\ndata ${text.length}\n${text}\n`);
  const message = `change ${i}`;
  return `commit refs/heads/main\ncommitter Ann <ann@example.com> ${time} +0000\ndata ${message.length}\n${message}\n${writes.join('')}`;
}

/** Lays out a project with history in `folder`; false where there is no git. */
export function shopWithHistory(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const history = Array.from({ length: commits }, (_, i) => commit(i)).join('\n');
  const git = (args: readonly string[], input = ''): boolean => {
    const own = ['-c', 'core.autocrlf=false', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
    const { status } = spawnSync('git', [...own, ...args], {
      cwd: folder,
      input,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    return status === 0;
  };
  return (
    git(['init', '-q']) &&
    git(['symbolic-ref', 'HEAD', 'refs/heads/main']) &&
    git(['fast-import', '--quiet'], history) &&
    git(['reset', '-q', '--hard'])
  );
}
