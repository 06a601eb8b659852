import { describe, expect, it } from 'vitest';
import { commandsOf, type StepCommand } from '../../server/src/sim/commands.js';
import { isNeutralIn } from '../../server/src/sim/installers.js';
import type { Step } from '../../server/src/sim/model.js';
import { isRepeatableState, isState, mayBeCut } from '../../server/src/sim/shelllist.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { testShellParser } from '../harness/shell.js';

const parser = await testShellParser();

/** The commands of the RUN at the end of a Dockerfile with `before` ahead of it. */
function runOf(run: string, before = ''): { readonly step: Step; readonly commands: readonly StepCommand[] } {
  const dockerfile = parseDockerfile(`FROM a\n${before}\nWORKDIR /a\nRUN ${run}\n`);
  const node = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] }).stages[0];
  const step = node?.steps.at(-1);
  if (node === undefined || step === undefined) throw new Error('no step');
  return { step, commands: commandsOf(node, step, shellOf(parser)) ?? [] };
}

/** Whether the RUN may be cut behind `install`. */
function cut(run: string, before?: string): boolean {
  const { step, commands } = runOf(run, before);
  return mayBeCut(
    step,
    commands,
    commands.findIndex(({ words }) => words[0]?.value === 'install'),
  );
}

describe('a RUN may be cut behind a command', () => {
  it.each([
    'install && b',
    'a; install && b && c',
    'a && install && b | c',
    'install && b $(c; d)',
    'set -e; install; b; c || d',
    'set -eux && install; b; if c; then d; fi',
    'set -o errexit; install; b',
    'set +e; set -ex; install; b',
  ])('where what fails ahead of it ends it all: %s', (run) => {
    expect(cut(run)).toBe(true);
  });
  it.each([
    'install',
    'install; b',
    'install || b',
    'install | b',
    'install & b',
    'install && b; c',
    'install && b || c',
    'install && (b; c)',
    'install && if b; then c; fi',
    'a || install && b',
    '{ install && b; }',
    'install && ! b',
    'set -e; install; if b; then c; fi',
    'set -x; install; b',
    'set -- -e; install; b',
    'set -e; set +e; install; b',
    'set -e; a && install; b',
    'set -e; install && a; b',
    'a; set -e && install || b; c',
  ])('nowhere else: %s', (run) => {
    expect(cut(run)).toBe(false);
  });
  it('where SHELL ends at each failure', () => {
    expect(cut('install; b', 'SHELL ["/bin/bash", "-euo", "pipefail", "-c"]')).toBe(true);
    expect(cut('install; b', 'SHELL ["/bin/bash", "-o", "errexit", "-c"]')).toBe(true);
    expect(cut('install; b', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]')).toBe(false);
    expect(cut('set +e; install; b', 'SHELL ["/bin/bash", "-e", "-c"]')).toBe(false);
  });
});

describe('what changes the shell', () => {
  it.each(['cd web', 'export A=b PATH=/x:$PATH', 'A=b', 'A="${B:-c}"', 'umask 022', 'set -eux'])(
    'can be done again: %s',
    (run) => {
      expect(runOf(run).commands.map((c) => isState(c) && isRepeatableState(c))).toEqual([true]);
    },
  );
  it.each(['cd -', 'A=$RANDOM', 'export A=$?', 'A=$$', 'export A=$OLDPWD', 'export A=b > log', 'cd "$_"'])(
    'is another one each time: %s',
    (run) => {
      const [command] = runOf(run).commands;
      expect(command !== undefined && isRepeatableState(command)).toBe(false);
    },
  );
  it('is nothing else', () => {
    expect(runOf('npm ci && echo a').commands.map(isState)).toEqual([false, false]);
  });
});

describe('tools that install themselves', () => {
  const neutral = (run: string): boolean => {
    const { commands } = runOf(run);
    return commands.every((command) => isNeutralIn(commands, command));
  };
  it.each([
    'curl -sSL https://install.python-poetry.org | python3 -',
    'curl -sSL https://install.python-poetry.org | POETRY_HOME=/opt/poetry python3 - --version 1.8.3',
    'curl -LsSf https://astral.sh/uv/install.sh | sh',
    'wget -qO- https://astral.sh/uv/0.5.1/install.sh | sh',
    'curl -fsSL https://get.pnpm.io/install.sh | SHELL=/bin/sh sh -',
    'curl -fsSL https://bun.sh/install | bash && echo done',
    'curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer',
  ])('%s', (run) => {
    expect(neutral(run)).toBe(true);
  });
  it.each([
    'curl -sSL https://example.com/install.sh | sh',
    'curl -sSL https://install.python-poetry.org -o x.py | python3 -',
    'curl -sSL https://install.python-poetry.org | tee x | python3 -',
    'curl -sSL https://install.python-poetry.org | python3 - && python3 x.py',
    'curl -sSL https://install.python-poetry.org | python3 x.py',
    'curl -sSL https://install.python-poetry.org',
    'curl -sS https://getcomposer.org/installer | php',
    'curl -sS https://getcomposer.org/installer | php -- --install-dir=bin',
    'curl -LsSf https://astral.sh/uv/install.sh > x.sh && sh x.sh',
    'curl -fsSL https://get.pnpm.io/install.sh | SHELL="$(which sh)" sh -',
  ])('not %s', (run) => {
    expect(neutral(run)).toBe(false);
  });
});
