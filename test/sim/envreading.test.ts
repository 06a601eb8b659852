import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../server/src/sim/commands.js';
import { envReading } from '../../server/src/sim/envcommands.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import { testShellParser } from '../harness/shell.js';

const parser = await testShellParser();

/** What the commands of a RUN may do with a variable of the project, one word each. */
function reading(command: string): string {
  const dockerfile = parseDockerfile(`FROM debian\nRUN ${command}\n`);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  const [node] = graph.stages;
  const step = node?.steps[0];
  if (node === undefined || step === undefined) throw new Error(`no step: ${command}`);
  return (commandsOf(node, step, shellOf(parser)) ?? []).map((one) => envReading(one)).join(' ');
}

describe('envReading', () => {
  it.each([
    'apt-get update && apt-get install -y curl',
    'apk add --no-cache git',
    'curl -fsSL https://example.com/a.tar.gz | tar xz -C /opt',
    'npm install -g pnpm@9',
    'npm ci --ignore-scripts',
    'python3 -m pip install flask==3.0',
    'python -m venv /venv',
    'go mod download',
    'go build -o /app ./cmd/app',
    'cargo fetch',
    'composer install --no-scripts',
    'bundle config set without development',
    'git clone --depth 1 --branch v1.2.0 https://example.com/a.git',
    "awk '{ print $1 }' /etc/passwd",
    'corepack enable',
    '/usr/bin/install -m 755 a /b',
    '/opt/venv/bin/pip install flask',
    'ls | xargs rm',
    'find /usr -name "*.pyc" -exec rm {} +',
    'node --version',
    'set -eux',
  ])('no: %s', (command) => {
    expect(new Set(reading(command).split(' '))).toEqual(new Set(['no']));
  });

  it.each([
    ['npm ci', 'project'],
    ['pip install --no-cache-dir -r requirements.txt', 'python'],
    ['uv sync --frozen --no-install-project', 'python'],
    ['poetry install --no-root', 'python'],
    ['apt-get upgrade -y', 'newest'],
    ['npm install -g pnpm@latest', 'newest'],
    ['curl -fsSLO https://example.com/releases/latest/app.tgz', 'newest'],
    ['conda env create -f environment.yml', 'unsure'],
    ['yarn', 'project'],
    ['pnpm install --frozen-lockfile', 'project'],
    ['cargo chef cook --release', 'unsure'],
    ['cargo install just', 'unsure'],
    ['bundle install', 'unsure'],
    ['curl -fsSL https://example.com/install.sh | sh', 'no unsure'],
    ['dpkg -i ./own.deb', 'unsure'],
    ['apt-get install -y /tmp/own.deb', 'unsure'],
    ['. /root/.cargo/env', 'unsure'],
  ])('%s: %s', (command, expected) => {
    expect(reading(command)).toBe(expected);
  });

  it.each([
    'make',
    './build.sh',
    'sh build.sh',
    'npm run build',
    'npx tsc',
    'python setup.py install',
    'pip install .',
    'pip install -e .',
    'uv sync',
    'cargo build --release',
    'mvn package',
    'gradle build',
    'dotnet publish',
    'go generate ./...',
    'go run ./tools',
    'env',
    'printenv',
    'export -p',
    'set',
    'envsubst < a > b',
    '. ./settings',
    'find . -name "*.sh" -exec sh {} +',
    'composer install',
    '$TOOL run',
    './install',
    '/opt/app/install',
    'bin/npm ci --ignore-scripts',
    'make version',
    'compgen -v',
    "awk 'BEGIN { for (k in ENVIRON) print k }'",
    'awk -f report.awk',
    'jq -n env',
    'jq -n -f report.jq',
    'corepack yarn build',
    'tar --to-command=./each -xf a.tar',
    'find . -name a -exec awk -f report.awk {} +',
    'pip install libs/common',
    'pip install .[all]',
    'pip install "app @ file:///app"',
    'git clone https://example.com/a.git',
    'git pull',
    'git submodule foreach ./each',
  ])('yes: %s', (command) => {
    expect(reading(command).split(' ')).toContain('yes');
  });
});
