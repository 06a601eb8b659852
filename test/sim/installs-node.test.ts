import { describe, expect, it } from 'vitest';
import { installOf } from '../../server/src/sim/installs.js';
import { isNeutral } from '../../server/src/sim/neutral.js';
import { command } from './command.js';

/** What is installed where, after which word flags go; `?` where it is not sure what it reads. */
function said(line: string): string | undefined {
  const found = installOf(command(line));
  return found && `${found.what} ${found.folder} ${found.verb.value}${found.unsure ? ' ?' : ''}`;
}

describe('installs of Node.js', () => {
  const known: readonly (readonly [string, string])[] = [
    ['npm ci', 'npm-ci /app ci'],
    ['npm i', 'npm-install /app i'],
    ['npm --prefix web clean-install', 'npm-ci /app/web clean-install'],
    ['npm ci --workspace=a -w b --include-workspace-root', 'npm-ci /app ci'],
    ['npm install --workspaces', 'npm-install /app install'],
    ['npm ci --made-up', 'npm-ci /app ci ?'],
    ['yarn', 'yarn-install /app yarn'],
    ['yarnpkg', 'yarn-install /app yarnpkg'],
    ['/usr/local/bin/yarn --frozen-lockfile', 'yarn-install /app /usr/local/bin/yarn'],
    ['yarn install --immutable --network-timeout 100000', 'yarn-install /app install'],
    ['yarn --cwd web install --production=true', 'yarn-install /app/web install'],
    ['yarn workspaces focus --all --production', 'yarn-focus /app focus'],
    ['yarn workspaces focus @x/a b', 'yarn-focus /app focus'],
    ['yarn install --mode=skip-build', 'yarn-install /app install'],
    ['yarn install --mode update-lockfile', 'yarn-install /app install ?'],
    ['yarn install --modules-folder /x', 'yarn-install /app install ?'],
    ['corepack yarn install', 'yarn-install /app install'],
    ['corepack yarn', 'yarn-install /app yarn'],
    ['node .yarn/releases/yarn-3.6.4.cjs install', 'yarn-install /app install'],
    ['./.yarn/releases/yarn-berry.cjs', 'yarn-install /app ./.yarn/releases/yarn-berry.cjs'],
    ['pnpm i', 'pnpm-install /app i'],
    ['pnpm install --frozen-lockfile --prod --offline', 'pnpm-install /app install'],
    ['pnpm -r install', 'pnpm-install /app install'],
    ['pnpm --filter @x/a... --filter=b install', 'pnpm-install /app install'],
    ['pnpm -C web fetch --prod', 'pnpm-fetch /app/web fetch'],
    ['pnpm install --config.node-linker=hoisted', 'pnpm-install /app install'],
    ['pnpm install --config.lockfile-dir=..', 'pnpm-install /app install ?'],
    ['pnpm install --lockfile-dir ..', 'pnpm-install /app install ?'],
    ['npx -y pnpm@9 i', 'pnpm-install /app i'],
    ['npm exec -- pnpm install', 'pnpm-install /app install'],
    ['bun install --frozen-lockfile', 'bun-install /app install'],
    ['bun i --production', 'bun-install /app i'],
    ['bun ci', 'bun-install /app ci'],
    ['bun install --cwd web', 'bun-install /app/web install'],
    ['bun install --config x.toml', 'bun-install /app install ?'],
  ];
  for (const [line, found] of known) it(line, () => expect(said(line)).toBe(found));

  it('are none where packages are named, or anything else is done', () => {
    for (const line of [
      'npm install express',
      'npm install -g yarn',
      'npm run install',
      'yarn add express',
      'yarn install express',
      'yarn install $FLAGS',
      'yarn global add serve',
      'yarn build',
      'yarn workspace a install',
      'yarn workspaces foreach install',
      'yarn --version',
      'yarn install --help',
      'pnpm add express',
      'pnpm i express',
      'pnpm install -g next',
      'pnpm run install',
      'pnpm deploy /out',
      'pnpm exec yarn',
      'bun add express',
      'bun install express',
      'bun run install',
      'bunx playwright install',
      'npx playwright install',
      'node yarn.js install',
      'corepack enable yarn',
      'corepack install',
    ])
      expect(said(line), line).toBeUndefined();
  });
});

describe('commands that leave the project alone', () => {
  it('are caches, settings of the machine, and tools for all', () => {
    for (const line of [
      'corepack enable',
      'corepack prepare pnpm@9 --activate',
      'corepack install -g yarn@4',
      'yarn --version',
      'yarn cache clean --all',
      'yarn config set network-timeout 600000',
      'yarn config set registry x',
      'yarn global add serve@14',
      'pnpm store prune',
      'pnpm config set store-dir /store',
      'pnpm add -g turbo',
      'bun pm cache rm',
      'bun add -g typescript',
    ])
      expect(isNeutral(command(line)), line).toBe(true);
  });
  it('are not those that read or write package.json, or settings that lie in the project', () => {
    for (const line of [
      'corepack prepare',
      'corepack prepare --activate',
      'corepack install',
      'corepack use pnpm@9',
      'corepack pnpm install',
      'yarn config set nodeLinker node-modules',
      'yarn set version stable',
      'yarn global add ./tools',
      'yarn',
      'pnpm config set --location=project store-dir x',
      'pnpm add express',
      'pnpm i -g ./tools',
      'pnpm self-update',
      'bun add express',
      'bun run build',
    ])
      expect(isNeutral(command(line)), line).toBe(false);
  });
});
