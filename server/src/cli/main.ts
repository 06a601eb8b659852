import { createRequire } from 'node:module';
import path from 'node:path';
import type { Engine } from '../engine/model.js';
import { toCorePath } from '../node/fs.js';
import { loadShellParser } from '../node/shell.js';
import { allRules } from '../rules/index.js';
import { type Arguments, parseArguments, UsageError } from './args.js';
import { context } from './context.js';
import { helpText } from './help.js';
import { impact } from './impact.js';
import { debugInfo, explain, rules, version } from './info.js';
import { init } from './init.js';
import type { Io } from './io.js';
import { lint } from './lint.js';
import { why } from './why.js';

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

/** The line on a terminal that the next one replaces. */
function showStatus(line: string): void {
  process.stderr.write(`\r\u001b[2K${line === '' ? '' : `plimsoll: ${line}`}`);
}

function processIo(args: Arguments | undefined): Io {
  const never = args?.options.get('color')?.[0] === 'never' || (process.env.NO_COLOR ?? '') !== '';
  return {
    cwd: toCorePath(process.cwd()),
    out: (text) => process.stdout.write(text),
    complain: (line) => process.stderr.write(`plimsoll: ${line}\n`),
    input: readInput,
    colour: process.stdout.isTTY && !never,
    status: process.stderr.isTTY ? showStatus : undefined,
    env: process.env,
    dist: __dirname,
  };
}

async function fullEngine(dist: string): Promise<Engine> {
  return { rules: allRules, shellParser: await loadShellParser(dist) };
}

/** Commands that only list rules need no grammar. */
const listing: Engine = { rules: allRules, shellParser: undefined };

async function run(args: Arguments): Promise<number | undefined> {
  const io = processIo(args);
  switch (args.command) {
    case 'lint':
      return lint(io, args, () => fullEngine(io.dist));
    case 'context':
      return context(io, args, () => fullEngine(io.dist));
    case 'why':
      return why(io, args, () => fullEngine(io.dist));
    case 'impact':
      return impact(io, args, () => fullEngine(io.dist));
    case 'init':
      return init(io, args, () => fullEngine(io.dist));
    case 'rules':
      return rules(io, args, listing);
    case 'explain':
      return explain(io, args, listing);
    case 'debug-info':
      return debugInfo(io, args, listing);
    case 'lsp':
      if (!args.options.has('stdio')) throw new UsageError('usage: plimsoll lsp --stdio');
      createRequire(path.join(io.dist, 'cli.js'))('./server.js');
      return undefined;
  }
}

async function main(argv: readonly string[]): Promise<number | undefined> {
  const args = parseArguments(argv);
  if (args === 'help') {
    process.stdout.write(helpText(argv[0] === 'help' ? argv[1] : argv[0]));
    return 0;
  }
  if (args === 'version') {
    process.stdout.write(`${await version(processIo(undefined))}\n`);
    return 0;
  }
  return run(args);
}

// A reader that has seen enough (`plimsoll lint | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 3);
});

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== undefined) process.exitCode = code;
  },
  (error: unknown) => {
    const usage = error instanceof UsageError;
    const message =
      error instanceof Error ? (usage ? error.message : (error.stack ?? error.message)) : String(error);
    const lines = usage ? [message, ...error.others] : [`internal error: ${message}`];
    process.stderr.write(lines.map((line) => `plimsoll: ${line}\n`).join(''));
    process.exitCode = usage ? 2 : 3;
  },
);
