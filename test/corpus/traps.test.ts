import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { sharedDir } from '../shared.js';

interface Trap {
  readonly id: string;
  readonly intent: string;
  readonly title: string;
  readonly expect: 'silent' | 'no-autofix' | 'fire' | 'fire-other';
  readonly files: Readonly<Record<string, string>>;
}

const shared = sharedDir();
const engine = await testEngine();
const intents = ['copy-order', 'omit-dev'];

function traps(folder: string): readonly Trap[] {
  return readFileSync(path.join(folder, 'rules/cases-traps.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Trap => JSON.parse(line))
    .filter((trap) => intents.includes(trap.intent));
}

function rulesOf(folder: string, intent: string): readonly string[] {
  const table: Record<string, string[]> = JSON.parse(
    readFileSync(path.join(folder, 'rules/trap-rules.json'), 'utf8'),
  );
  return table[intent] ?? [];
}

describe.skipIf(shared === undefined)(
  'traps of dependency advice (skipped without the shared folder)',
  () => {
    for (const trap of shared === undefined ? [] : traps(shared)) {
      it(`${trap.id} ${trap.title}: ${trap.expect}`, () => {
        const snapshot = memorySnapshot(trap.files);
        const options = { profile: 'thorough', only: rulesOf(shared ?? '', trap.intent) } as const;
        const report = lintFile(engine, snapshot, `${root}/Dockerfile`, options);
        const safe = report.findings.filter((f) =>
          verifiedFixes(engine, snapshot, report, f, options).some((fix) => fix.applicability === 'safe'),
        );
        const loud = report.findings.filter((f) => f.severity === 'warning' || f.severity === 'error');
        expect(report.errors).toEqual([]);
        if (trap.expect === 'silent') expect(loud.map((f) => f.message)).toEqual([]);
        if (trap.expect === 'fire' || trap.expect === 'fire-other')
          expect(report.findings.length).toBeGreaterThan(0);
        if (trap.expect !== 'fire') expect(safe.map((f) => f.message)).toEqual([]);
        // None of these has a fix of another kind either.
        if (trap.expect === 'no-autofix')
          expect(report.findings.flatMap((f) => f.fixes.map((x) => x.title))).toEqual([]);
      });
    }
  },
);
