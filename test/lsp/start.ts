import { afterEach } from 'vitest';
import { type ClientOptions, connect, type LspClient } from '../harness/lspClient.js';
import { coreWith, latestTag } from './rules.js';

export const uri = 'file:///w/Dockerfile';

/** A function that starts servers, each shut down (and its messages accounted for) after the test. */
export function starter(): (options?: Partial<ClientOptions>) => Promise<LspClient> {
  const clients: LspClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.stop();
  });
  return async (options = {}) => {
    const client = await connect({ core: coreWith(latestTag), ...options });
    clients.push(client);
    return client;
  };
}

/** `value`, which must be there. */
export function there<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('it is not there');
  return value;
}
