import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sleep } from '../suite/wait.js';

type Handlers = { readonly [ask: string]: (args: never) => Promise<unknown> };

/** Answers what the suite asks through `folder` until `ended` says so; `seen` gets each failure. */
export async function serve(
  folder: string,
  handlers: Handlers,
  ended: () => boolean,
  failed: (ask: string) => Promise<void>,
): Promise<void> {
  const askFile = path.join(folder, 'ask.json');
  while (!ended()) {
    if (!existsSync(askFile)) {
      await sleep(30);
      continue;
    }
    const { id, ask, args } = JSON.parse(readFileSync(askFile, 'utf8'));
    rmSync(askFile);
    const answer = await reply(handlers[ask], args);
    if ('error' in answer) await failed(ask);
    writeFileSync(path.join(folder, 'answer.tmp'), JSON.stringify({ id, ...answer }));
    renameSync(path.join(folder, 'answer.tmp'), path.join(folder, 'answer.json'));
  }
}

async function reply(
  handler: Handlers[string] | undefined,
  args: unknown,
): Promise<{ result: unknown } | { error: string }> {
  try {
    if (handler === undefined) return { error: 'unknown request' };
    return { result: (await handler(args as never)) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
