import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding, LintOptions, OfferedFix } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { joinPath, relativePath } from '../../server/src/text/paths.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { sharedDir } from '../shared.js';

/** Where a naive rule or fix is wrong; see CLI.md for what `expect` means. */
interface Trap {
  readonly id: string;
  readonly intent: string;
  readonly title: string;
  readonly expect: 'silent' | 'no-autofix' | 'fire' | 'fire-other';
  readonly why: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Their remedies belong to rules that are not there yet. */
const waiting = new Set(['trap/072', 'trap/091']);
/**
 * What a fix of the naive kind leaves in the file, for traps whose rule has another fix: a mount over `target` or
 * `node_modules`, a publish that restores nothing.
 */
const naive: Readonly<Record<string, RegExp>> = {
  'trap/014': /target=\S*\/target\b/,
  'trap/015': /--no-restore|^RUN dotnet publish/m,
  'trap/018': /target=\S*node_modules/,
};
const options: LintOptions = { profile: 'thorough' };

const shared = sharedDir();
if (shared === undefined) console.log('The traps are skipped: the folder of recorded facts is not here.');

function traps(folder: string): readonly Trap[] {
  const text = readFileSync(path.join(folder, 'rules/cases-traps.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Trap);
}

const engine = await testEngine();
const known = new Set(engine.rules.map((r) => r.meta.id));

interface Said {
  readonly finding: Finding;
  readonly fixes: readonly OfferedFix[];
}

function saidBy(trap: Trap, rules: readonly string[]): readonly Said[] {
  const snapshot = memorySnapshot(trap.files);
  return Object.keys(trap.files).flatMap((name) => {
    const report = lintFile(engine, snapshot, joinPath(root, name), options);
    expect(report.errors).toEqual([]);
    return report.findings
      .filter((f) => rules.includes(f.rule))
      .map((finding) => ({ finding, fixes: verifiedFixes(engine, snapshot, report, finding, options) }));
  });
}

/** The texts of the files a fix edits, after it. */
function outcome(trap: Trap, fix: OfferedFix): string {
  return fix
    .changes()
    .map((change) =>
      change.kind === 'edit'
        ? applyEdits(trap.files[relativePath(root, change.path)] ?? '', change.edits)
        : change.text,
    )
    .join('\n');
}

function judge(trap: Trap, said: readonly Said[]): void {
  const safe = said.flatMap((s) => s.fixes.filter((f) => f.applicability === 'safe')).map((f) => f.title);
  if (trap.expect === 'silent') {
    const loud = said.filter((s) => s.finding.severity === 'warning' || s.finding.severity === 'error');
    expect(loud.map((s) => s.finding.message)).toEqual([]);
    expect(safe).toEqual([]);
  } else if (trap.expect === 'no-autofix') {
    // Where no kind is named, the rules have no other fix than the naive one.
    const kind = naive[trap.id] ?? /^/;
    const offered = said.flatMap((s) => s.fixes.filter((f) => kind.test(outcome(trap, f))));
    expect(offered.map((f) => f.title)).toEqual([]);
    expect(safe).toEqual([]);
  } else {
    expect(said.length).toBeGreaterThan(0);
  }
}

describe.skipIf(shared === undefined)('traps', () => {
  const folder = shared ?? '';
  const byIntent =
    shared === undefined
      ? {}
      : (JSON.parse(readFileSync(path.join(folder, 'rules/trap-rules.json'), 'utf8')) as Record<
          string,
          string[]
        >);
  const cases = (shared === undefined ? [] : traps(folder)).flatMap((trap) => {
    const rules = (byIntent[trap.intent] ?? []).filter((id) => known.has(id));
    return rules.length === 0 || waiting.has(trap.id) ? [] : [[trap.id, trap.title, trap, rules] as const];
  });
  test.each(cases)('%s %s', (_, __, trap, rules) => judge(trap, saidBy(trap, rules)));
});
