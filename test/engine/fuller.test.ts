import { describe, expect, it } from 'vitest';
import { fixAll } from '../../server/src/engine/fixall.js';
import type { Engine, FileReport } from '../../server/src/engine/model.js';
import { overlaySnapshot } from '../../server/src/engine/overlay.js';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import { lintText } from '../../server/src/report/text.js';
import { allRules } from '../../server/src/rules/index.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const path = `${root}/Dockerfile`;
const engine: Engine = { rules: allRules, shellParser: await testShellParser() };
const snapshot = memorySnapshot(
  {
    Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN yarn install --frozen-lockfile\nRUN yarn build\n',
    'package.json': '{"name":"shop","scripts":{"build":"node build.js"}}',
    'build.js': '1;\n',
    'yarn.lock': '# yarn lockfile v1\n',
  },
  '.git/ 41kB 5 files\nnode_modules/ 40MB 30 files\n.idea/ 9kB 2 files',
  [root],
);

function fixed(fixes: 'safe' | 'unsafe'): { readonly ignore: string; readonly report: FileReport } {
  const { texts } = fixAll(engine, snapshot, path, { fixes });
  const now = overlaySnapshot(snapshot, texts);
  return { ignore: texts.get(`${root}/.dockerignore`) ?? '', report: lintFile(engine, now, path) };
}

describe('an ignore file of which a part is safe', () => {
  it('is offered with the safe part in front, each with what it saves', () => {
    const report = lintFile(engine, snapshot, path);
    const [finding] = report.findings.filter(({ rule }) => rule === 'missing-dockerignore');
    if (finding === undefined) throw new Error('no finding');
    const fixes = verifiedFixes(engine, snapshot, report, finding);
    expect(fixes.map(({ applicability }) => applicability)).toEqual(['safe', 'unsafe']);
    expect(fixes[0]?.title).toMatch(/^Create \.dockerignore \(4\d kB of 40 MB less\)$/);
    expect(fixes[1]?.title).toMatch(/^Create \.dockerignore \(context 40 MB → .*\), with what else/);
    const files = [{ report, fixes: new Map([[finding, fixes]]) }];
    const context = { shown: () => 'Dockerfile', text: () => '', lines: () => report.lines };
    expect(lintText(context, files)).toMatch(/ {2}the first fix saves 4\d kB /);
  });

  it('is written whole where unsafe fixes are wanted, and nothing of it is found again', () => {
    const { ignore, report } = fixed('unsafe');
    for (const line of ['.git', '**/node_modules', '.idea', 'Dockerfile', '.dockerignore'])
      expect(ignore.split('\n')).toContain(line);
    const rules = report.findings.map(({ rule }) => rule);
    expect(rules).not.toContain('missing-dockerignore');
    expect(rules).not.toContain('volatile-file-in-context');
  });

  it('is written in its safe part alone by safe fixes, the Dockerfile included', () => {
    const { ignore, report } = fixed('safe');
    expect(ignore.split('\n')).not.toContain('**/node_modules');
    expect(ignore.split('\n')).toContain('Dockerfile');
    const said = report.findings.filter(({ rule }) => rule === 'volatile-file-in-context');
    expect(said.map(({ message }) => message).join()).not.toContain('Dockerfile');
  });
});
