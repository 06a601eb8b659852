import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { corpusDir, corpusRepos } from './repos.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const cli = path.resolve(here, '../../dist/cli.js');
const countsFile = path.join(here, 'counts.json');
const corpus = corpusDir();
if (corpus === undefined) console.log('corpus tier skipped: the corpus is not beside the project');

interface LintJson {
  readonly files: readonly {
    readonly path: string;
    readonly kind: string;
    readonly skipped: string | null;
    readonly findings: readonly { readonly rule: string }[];
  }[];
  readonly internalErrors: readonly unknown[];
}

function lint(cwd: string, targets: readonly string[], profile: string): LintJson {
  const args = [cli, 'lint', ...targets, '--format', 'json', '--fail-on', 'never', '--profile', profile];
  const done = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 30 });
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
  return JSON.parse(done.stdout) as LintJson;
}

/** rule → project → number of findings, in stable order. */
function counts(json: LintJson): Record<string, Record<string, number>> {
  const out: Record<string, Record<string, number>> = {};
  for (const file of json.files) {
    const project = file.path.split('/')[1]?.replace('__', '/') ?? '';
    for (const { rule } of file.findings) {
      out[rule] ??= {};
      const perProject = out[rule];
      perProject[project] = (perProject[project] ?? 0) + 1;
    }
  }
  const sorted = <T>(o: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(Object.fromEntries(Object.entries(out).map(([rule, per]) => [rule, sorted(per)])));
}

describe.skipIf(corpus === undefined)('48 real projects', () => {
  const folder = corpus ?? '';
  it('lints them all, knows every listed file and counts findings', { timeout: 300_000 }, () => {
    const json = lint(folder, ['files'], 'everything');
    expect(json.internalErrors).toEqual([]);
    const kinds = new Map(json.files.map((file) => [file.path, file]));
    const wrong: string[] = [];
    for (const row of corpusRepos()) {
      const expected: [string, readonly string[]][] = [
        ['dockerfile', row.dockerfiles],
        ['compose', row.compose],
        ['dockerignore', row.dockerignore],
        ['bake', row.bake],
        ['workflow', [...row.workflows_with_docker, ...row.actions_with_docker]],
      ];
      for (const [kind, names] of expected) {
        for (const name of names) {
          const file = `files/${row.repo.replace('/', '__')}/${name}`;
          if (!existsSync(path.join(folder, file))) continue;
          const seen = kinds.get(file);
          if (seen?.kind !== kind) wrong.push(`${file}: ${kind}, seen as ${seen?.kind}`);
          const skip = row.kinds[name];
          const wanted = skip === 'template' || skip === 'fragment' ? skip : null;
          if (seen !== undefined && seen.skipped !== wanted)
            wrong.push(`${file}: skipped ${seen.skipped}, not ${wanted}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    const now = `${JSON.stringify(counts(json), null, 2)}\n`;
    if (process.env.UPDATE === '1') writeFileSync(countsFile, now);
    expect(now, 'findings over the corpus changed; look at them, then UPDATE=1 npm test').toBe(
      readFileSync(countsFile, 'utf8'),
    );
  });

  it('lints the whole trees too', { timeout: 300_000 }, () => {
    const trees = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-trees-'));
    try {
      const laidOut = spawnSync(process.execPath, [path.join(folder, 'expand.mjs'), trees]);
      expect(laidOut.status).toBe(0);
      const projects = readdirSync(trees).sort();
      const json = lint(trees, projects, 'everything');
      expect(json.internalErrors).toEqual([]);
      const seen = new Set(json.files.map((file) => file.path.split('/')[0]));
      expect(projects.filter((project) => !seen.has(project))).toEqual([]);
    } finally {
      rmSync(trees, { recursive: true, force: true });
    }
  });

  it('gives findings or silence on the nasty files', { timeout: 120_000 }, () => {
    const nasty = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-nasty-'));
    try {
      const names = readdirSync(path.join(folder, 'nasty_history'));
      for (const [i, name] of names.entries()) {
        mkdirSync(path.join(nasty, String(i)));
        copyFileSync(
          path.join(folder, 'nasty_history', name),
          path.join(nasty, String(i), name.split('__').at(-1) ?? ''),
        );
      }
      const json = lint(nasty, ['.'], 'everything');
      expect(json.internalErrors).toEqual([]);
      expect(json.files.length).toBe(names.length);
    } finally {
      rmSync(nasty, { recursive: true, force: true });
    }
  });
});
