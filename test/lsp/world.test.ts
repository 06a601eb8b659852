import { expect, it } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { Core } from '../../server/src/lsp/host.js';
import { dockerfileRule, type RegisteredRule } from '../../server/src/rules/rule.js';
import { contextNeeds } from '../../server/src/sim/context/needs.js';
import { contextQuery } from '../../server/src/sim/context/query.js';
import { type ClientOptions, type LspClient, pushCapabilities } from '../harness/lspClient.js';
import { coreWith, latestTag } from './rules.js';
import { starter, uri } from './start.js';

const start = starter();

/** Says how many bytes are sent: needs a measurement. */
const bytesSent: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(
    {
      ...{ id: 'bytes-sent', severity: 'warning', profile: 'default', since: '0.1.0', fixes: 'never' },
      summary: 'Bytes sent.',
    },
    function* ({ snapshot, build, graph, dockerfile: own }) {
      const query = contextQuery(snapshot, build, contextNeeds(graph, own));
      const measure = query && snapshot.measure(query);
      if (measure !== undefined)
        yield { at: { start: 0, end: 4 }, message: `Sent: ${measure.sent.bytes} bytes.` };
    },
  ),
};

/** The core of a test, with a count of how often a document was linted. */
function counted(...rules: readonly RegisteredRule[]): { readonly core: Core; readonly runs: () => number } {
  const core = coreWith(...rules);
  let runs = 0;
  return {
    runs: () => runs,
    core: {
      ...core,
      lintFile(...args) {
        runs++;
        return core.lintFile(...args);
      },
    },
  };
}

async function changedFiles(client: LspClient, paths: readonly string[], type = 2): Promise<void> {
  const changes = paths.map((path) => ({ uri: `file://${path}`, type }));
  await client.notify('workspace/didChangeWatchedFiles', { changes });
}

/** Lets the server come to rest. */
const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const dockerfile = 'FROM a\nCOPY . .\n';
const files = (): Map<string, string | number> =>
  new Map<string, string | number>([
    ['/w/Dockerfile', dockerfile],
    ['/w/data', 1000],
  ]);
const messagesOf = (found: PublishDiagnosticsParams): string[] =>
  found.diagnostics.map(({ message }) => String(message));

async function pushing(options: Partial<ClientOptions>): Promise<LspClient> {
  return start({ capabilities: pushCapabilities, ...options });
}

/** What is published for the document once it says `message`. */
async function publishedWith(client: LspClient, message: string): Promise<void> {
  for (;;) if (messagesOf(await client.published(uri)).includes(message)) return;
}

const discard = (client: LspClient): void => {
  for (const what of ['inlayHint', 'codeLens']) client.discard(`workspace/${what}/refresh`);
};

it('thousands of changes to files nothing hangs on cost no lint', async () => {
  const { core, runs } = counted(latestTag);
  const client = await pushing({ core, files: files() });
  await client.open(uri, 'FROM a:latest\n');
  await publishedWith(client, 'The tag moves.');
  await rest(700);
  const before = runs();
  for (let i = 0; i < 20; i++) {
    const paths = Array.from({ length: 500 }, (_, k) => `/w/node_modules/p${i}/lib/file-${k}.js`);
    await changedFiles(client, paths, (i % 2) + 1);
    await rest(10);
  }
  await rest(300);
  expect(runs()).toBe(before);
  discard(client);
});

it('a context is measured again once its files are quiet, and only then linted', async () => {
  const { core, runs } = counted(bytesSent);
  const disk = files();
  const client = await pushing({ core, files: disk });
  await client.open(uri, dockerfile);
  await publishedWith(client, `Sent: ${1000 + dockerfile.length} bytes.`);
  await rest(700);
  const before = runs();
  for (let i = 0; i < 10; i++) {
    disk.set('/w/data', 2000 + i);
    await changedFiles(client, ['/w/data']);
    await rest(20);
  }
  expect(runs()).toBe(before);
  await publishedWith(client, `Sent: ${2009 + dockerfile.length} bytes.`);
  expect(runs() - before).toBeLessThanOrEqual(2);
  // The same numbers again: nothing to say, nothing to lint.
  await rest(300);
  const after = runs();
  await changedFiles(client, ['/w/data']);
  await rest(800);
  expect(runs()).toBe(after);
  discard(client);
});

it('what needs no walk shows at once, the rest when it arrives', async () => {
  let finish = (): void => {};
  const walked = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const text = 'FROM a:latest\nCOPY . .\n';
  const client = await pushing({
    core: coreWith(latestTag, bytesSent),
    files: files(),
    measuring: () => walked,
  });
  await client.open(uri, text);
  let published = await client.published(uri);
  while (published.diagnostics.length === 0) published = await client.published(uri);
  expect(messagesOf(published)).toEqual(['The tag moves.']);
  finish();
  await publishedWith(client, `Sent: ${1000 + dockerfile.length} bytes.`);
  discard(client);
});
