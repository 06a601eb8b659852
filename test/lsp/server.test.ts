import { afterEach, describe, expect, it } from 'vitest';
import { type ClientOptions, connect, type LspClient, pushCapabilities } from '../harness/lspClient.js';
import { coreWith, latestTag, noteBeside } from './rules.js';

const uri = 'file:///w/Dockerfile';
const clients: LspClient[] = [];

async function start(options: Partial<ClientOptions> = {}): Promise<LspClient> {
  const client = await connect({ core: coreWith(latestTag), ...options });
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

describe('pull', () => {
  it('answers with findings, then with unchanged', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const items = await client.pulled(uri, 1);
    expect(items[0]).toMatchObject({
      code: 'latest-tag',
      source: 'plimsoll',
      severity: 2,
      range: { start: { line: 0, character: 7 }, end: { line: 0, character: 13 } },
      codeDescription: { href: 'file:///plimsoll/docs/rules/latest-tag.md' },
      relatedInformation: [{ location: { uri }, message: 'Here it begins.' }],
    });
    const full = await client.pull(uri);
    expect(await client.pull(uri, full.resultId)).toEqual({ kind: 'unchanged', resultId: full.resultId });
    await client.change(uri, 'FROM a:1\n');
    expect(await client.pull(uri, full.resultId)).toMatchObject({ kind: 'full', items: [] });
  });
});

describe('push', () => {
  it('publishes what changed, and nothing on close', async () => {
    const client = await start({ capabilities: pushCapabilities });
    await client.open(uri, 'FROM a:latest\n');
    let published = await client.published(uri);
    if (published.diagnostics.length === 0) published = await client.published(uri);
    expect(published).toMatchObject({ version: 1, diagnostics: [{ code: 'latest-tag' }] });
    await client.close(uri);
    expect((await client.published(uri)).diagnostics).toEqual([]);
  });
});

describe('actions', () => {
  it('offers verified fixes, the safe one preferred, and to ignore last', async () => {
    const client = await start();
    await client.open(uri, 'FROM a:latest\n');
    const [item] = await client.pulled(uri, 1);
    if (item === undefined) throw new Error('no finding');
    const actions = await client.actions(uri, item.range);
    expect(actions.map(({ title, isPreferred }) => [title, isPreferred])).toEqual([
      ['Write stable', true],
      ['Write 1.0', undefined],
      ['Ignore latest-tag here', undefined],
    ]);
    expect(client.apply(actions[0]?.edit).get(uri)).toBe('FROM a:stable\n');
    expect(client.apply(actions[2]?.edit).get(uri)).toBe('# plimsoll: ignore[latest-tag]\nFROM a:latest\n');
  });
});

void noteBeside;
