import { expect } from 'vitest';
import type { CodeLens, InlayHint } from 'vscode-languageserver/node';
import type { ClientOptions, LspClient } from '../harness/lspClient.js';
import { memoryHistory } from '../harness/memhistory.js';
import { testShellParser } from '../harness/shell.js';
import { coreWith } from './rules.js';
import { starter, there, uri } from './start.js';

const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };

export const dockerfile = [
  'FROM node:20 AS build',
  'ARG MODE=dev',
  'ENV NODE_ENV=production',
  'WORKDIR /app',
  'COPY . .',
  'RUN npm ci',
  'FROM node:20',
  'COPY --from=build /app /app',
  '',
].join('\n');

const log = [
  '#5 [build 2/4] WORKDIR /app',
  '#5 DONE 0.1s',
  '#6 [build 3/4] COPY . .',
  '#6 DONE 0.5s',
  '#7 [build 4/4] RUN npm ci',
  '#7 DONE 40.0s',
  '#8 [stage-1 2/2] COPY --from=build /app /app',
  '#8 DONE 0.2s',
  '',
].join('\n');

export function project(): Map<string, string | number> {
  return new Map<string, string | number>([
    ['/w/.git/HEAD', 'ref: refs/heads/main\n'],
    ['/w/Dockerfile', dockerfile],
    ['/w/.dockerignore', '*.md\n.git\nDockerfile\n.dockerignore\n'],
    ['/w/package.json', '{}'],
    ['/w/src/a.js', 'a'],
    ['/w/README.md', 'x'],
  ]);
}

/** Eight commits of which six change what is copied. */
export const commits: readonly (readonly string[])[] = [
  ['/w/src/a.js'],
  ['/w/README.md'],
  ['/w/src/a.js'],
  ['/w/src/a.js', '/w/package.json'],
  ['/w/src/a.js'],
  ['/w/README.md'],
  ['/w/src/a.js'],
  ['/w/src/a.js'],
];

interface Options extends Partial<ClientOptions> {
  readonly commits?: readonly (readonly string[])[];
  readonly asked?: () => Promise<void>;
}

/** A function that starts servers over the project and its commits. */
export function rebuildStarter(): (options?: Options) => Promise<LspClient> {
  const startPlain = starter();
  return async (options = {}) => {
    const { commits: played = commits, asked, files = project(), ...more } = options;
    const history = memoryHistory(files, played, asked);
    return startPlain({ core: coreWith(), files, history, shell: await testShellParser(), ...more });
  };
}

/** Messages that come or not depending on how fast facts are there. */
export function discardRefreshes(client: LspClient): void {
  for (const what of ['diagnostic', 'inlayHint', 'codeLens']) client.discard(`workspace/${what}/refresh`);
  client.discard('plimsoll/status');
  client.discard('plimsoll/contextStatus');
}

export async function measured(client: LspClient): Promise<void> {
  const { added } = await client.ask('plimsoll/importLog', { uri, logs: [{ name: 'build.log', text: log }] });
  expect(added).toBe(1);
}

export function hintsOf(client: LspClient): Promise<InlayHint[]> {
  return client.request('textDocument/inlayHint', { textDocument: { uri }, range: whole });
}

export async function hintsWhen(
  client: LspClient,
  expected: (labels: readonly string[]) => boolean,
): Promise<InlayHint[]> {
  for (;;) {
    const hints = await hintsOf(client);
    if (expected(hints.map(({ label }) => String(label)))) return hints;
    await client.next('workspace/inlayHint/refresh');
  }
}

export async function lenses(client: LspClient): Promise<CodeLens[]> {
  const all = await client.request<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  const resolved: CodeLens[] = [];
  for (const lens of all) {
    const isOpen = lens.command === undefined;
    resolved.push(isOpen ? await client.request<CodeLens>('codeLens/resolve', lens) : lens);
  }
  return resolved;
}

export async function hoverText(client: LspClient, line: number, character = 2): Promise<string> {
  const hover = there(await client.hover(uri, line, character));
  const { contents } = hover;
  return typeof contents === 'object' && 'value' in contents ? contents.value : '';
}
