import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plan, ReportSeen } from '../plan.js';
import { show, written } from './editor.js';
import { outside } from './outside.js';
import { reportPictures } from './pictures.js';
import { needWindow, Skip, type Step } from './step.js';
import { sleep, until } from './wait.js';

const inShop = (plan: Plan, name: string): string => path.join(plan.examples, 'shop', name);

/** Everything here needs a project with history, most of it the window. */
function needShop(plan: Plan): void {
  if (!plan.shop) throw new Skip('there is no git');
  needWindow(plan);
}

/** Opens the report from the Dockerfile. */
async function openReport(plan: Plan, text = 'What makes steps run again'): Promise<ReportSeen> {
  needShop(plan);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await show(inShop(plan, 'Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Estimate Build Impact' });
  return outside(plan, 'report', { text });
}

async function opens(plan: Plan): Promise<string> {
  const { size, text } = await openReport(plan);
  assert.match(size, /\d (s|min)/);
  assert.match(text, /last 120 commits/);
  assert.match(text, /RUN npm ci/);
  assert.match(text, /src\//, 'the folder whose changes run it again');
  assert.match(text, /GIT_SHA/, 'the argument that changes with every commit');
  return size;
}

async function pictures(plan: Plan): Promise<void> {
  await openReport(plan);
  await reportPictures(plan, 'impact');
}

/** The line above a stage says what a typical commit costs and opens the report. */
async function lens(plan: Plan): Promise<string> {
  if (!plan.shop) throw new Skip('there is no git');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const { document } = await show(inShop(plan, 'Dockerfile'));
  const found = await until('CodeLens with the rebuild', async () => {
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      9,
    );
    return all.find(({ command }) => command?.command === 'plimsoll.estimateImpact');
  });
  const title = found.command?.title ?? '';
  assert.match(title, /\d+ of \d+ steps/);
  if (plan.ui) await outside(plan, 'lens', { text: 'steps', done: 'What makes steps run again' });
  return title;
}

/** Links are buttons: with the keyboard they lead to their line. */
async function linksByKeyboard(plan: Plan): Promise<void> {
  await openReport(plan);
  await outside(plan, 'reportKeys', { selector: '.steps [data-do="open"][data-line="3"]', keys: ['Enter'] });
  await until('the step in the Dockerfile', () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName.endsWith('Dockerfile') && editor.selection.active.line === 3;
  });
}

/** Returns to the file as it was, on the disk and in the editor, which may just be saving it and take the one for the other: then again. */
async function restore(file: string, text: string): Promise<void> {
  const { document } = await show(file);
  await until('the file as it was', async () => {
    writeFileSync(file, text);
    await show(file);
    // Takes what is on the disk, whatever the editor holds.
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await sleep(500);
    return document.getText() === text && !document.isDirty && readFileSync(file, 'utf8') === text;
  });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

async function applies(plan: Plan): Promise<string> {
  const { size } = await openReport(plan);
  const file = inShop(plan, 'Dockerfile');
  const before = readFileSync(file, 'utf8');
  const selector = '[data-do="fix"][data-fix*="source-before-deps"]';
  const after = await outside(plan, 'reportClick', { selector, done: 'was applied' });
  const text = await written(file, before);
  assert.match(text, /^COPY package\.json package-lock\.json .*\nRUN npm ci\nCOPY \. \./m, 'on the disk');
  assert.ok(!after.text.includes('source-before-deps'), 'the report is a new one');
  await restore(file, before);
  return `${after.change} ${size} → ${after.size}`;
}

/** Opens the report and from it VS Code's preview of a fix; again where the report rests on files as they were before. */
async function previewFix(plan: Plan, selector: string): Promise<void> {
  for (let left = 3; ; left--) {
    await openReport(plan, 'look first');
    try {
      await outside(plan, 'changePreview', { selector });
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}

/** What may change the image is shown as a preview first. */
async function asksBefore(plan: Plan): Promise<string> {
  needShop(plan);
  const file = inShop(plan, '.dockerignore');
  const before = readFileSync(file, 'utf8');
  const short = 'docs\nnode_modules\n';
  writeFileSync(file, short);
  const selector = '[data-do="fix"][data-fix^="volatile-file-in-context"]';
  try {
    await previewFix(plan, selector);
    await outside(plan, 'decidePreview', { button: 'Discard' });
    const said = await outside(plan, 'notification', { text: 'Nothing was applied' });
    assert.equal(readFileSync(file, 'utf8'), short);
    await previewFix(plan, selector);
    await outside(plan, 'decidePreview', { button: 'Apply' });
    // The page says so for a moment only; what counts is the file, which a slow machine takes long to write.
    const text = await written(file, short, 60_000);
    assert.ok(text.startsWith(short), text);
    return said;
  } finally {
    await restore(file, before);
  }
}

/** What the working tree changes since the last commit. */
async function why(plan: Plan): Promise<string> {
  needShop(plan);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await show(inShop(plan, 'Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Why Would This Rebuild?' });
  const nothing = await outside(plan, 'notification', { text: 'Nothing would run again' });
  const file = inShop(plan, 'src/cart.ts');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, 'export const cart = ["changed"];\n');
  await outside(plan, 'palette', { title: 'Plimsoll: Why Would This Rebuild?' });
  const said = await outside(plan, 'preview', { text: 'src/cart.ts' });
  assert.match(said, /RUN npm ci/);
  await restore(file, before);
  return nothing;
}

/** The Explorer's menu: what it offers for which file, and that its entry answers. */
async function explorer(plan: Plan): Promise<string> {
  needShop(plan);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await show(inShop(plan, 'src/price.ts'));
  await vscode.commands.executeCommand('workbench.files.action.showActiveFileInExplorer');
  const title = 'Which Build Steps Does This File Rebuild?';
  const entries = await outside(plan, 'explorerMenu', { name: 'price.ts', choose: title });
  assert.ok(entries.includes(title), entries.join(', '));
  assert.ok(!entries.includes('Estimate Build Impact'), entries.join(', '));
  const said = await outside(plan, 'notificationButton', { text: 'price.ts', button: 'Open Dockerfile' });
  await until('the first step that runs again', () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName.endsWith('Dockerfile') && editor.selection.active.line === 3;
  });
  await vscode.commands.executeCommand('workbench.files.action.showActiveFileInExplorer');
  const offered = await outside(plan, 'explorerMenu', {
    name: 'Dockerfile',
    choose: 'Estimate Build Impact',
  });
  assert.ok(offered.includes('Estimate Build Impact'), offered.join(', '));
  await outside(plan, 'report', { text: 'What makes steps run again' });
  return said;
}

/** What a build of the shop prints: stage, step, seconds. */
const built: readonly (readonly [string, string, number])[] = [
  ['build 1/5', 'FROM docker.io/library/node:22-slim', 0],
  ['build 2/5', 'WORKDIR /app', 0.1],
  ['build 3/5', 'COPY . .', 0.3],
  ['build 4/5', 'RUN npm ci', 23],
  ['build 5/5', 'RUN npm run build', 14.5],
  [
    'stage-1 2/5',
    'RUN apt-get update && apt-get install -y --no-install-recommends fontconfig fonts-dejavu',
    17.2,
  ],
  ['stage-1 3/5', 'WORKDIR /app', 0.1],
  ['stage-1 4/5', 'COPY --from=build /app/node_modules ./node_modules', 2.2],
  ['stage-1 5/5', 'COPY --from=build /app/dist ./dist', 0.1],
];

function logOf(): string {
  const steps = built.map(
    ([step, name, seconds], i) => `#${i + 5} [${step}] ${name}\n#${i + 5} DONE ${seconds.toFixed(1)}s\n`,
  );
  return ['#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n', ...steps].join('\n');
}

/** A log in the editor in front gives measured times. */
async function importsLog(plan: Plan): Promise<string> {
  needShop(plan);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const file = path.join(plan.channel, 'build.log');
  writeFileSync(file, logOf());
  await show(file);
  const dockerfile = vscode.Uri.file(inShop(plan, 'Dockerfile'));
  const done = vscode.commands.executeCommand('plimsoll.importBuildLog', dockerfile);
  await outside(plan, 'pick', { text: 'The Text of' });
  await done;
  const { size, text } = await outside(plan, 'report', { text: 'build.log' });
  assert.match(text, /23 s\n[^\n]*measured/, 'the time of npm ci');
  return size;
}

async function forgets(plan: Plan): Promise<void> {
  // Known already, unless the step runs alone.
  if (!(await openReport(plan)).text.includes('build.log')) await importsLog(plan);
  const selector = '[data-command="plimsoll.forgetMeasuredBuilds"]';
  const { text } = await outside(plan, 'reportClick', { selector, done: 'None yet' });
  assert.doesNotMatch(text, /build\.log/);
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** Without trust git is not asked: the report says so and has its numbers without history. */
async function restricted(plan: Plan): Promise<string> {
  const { size, text } = await openReport(plan, 'No history.');
  assert.match(text, /Manage Workspace Trust/);
  assert.match(text, /A source edit/);
  assert.match(text, /RUN npm ci/);
  assert.doesNotMatch(text, /of 120/);
  return size;
}

export const impactSteps: readonly Step[] = [
  ['impact: the report opens', opens],
  ['impact: the line above a stage', lens],
  ['impact: a log is imported', importsLog],
  ['impact: pictures', pictures],
  ['impact: measured builds are forgotten', forgets],
  ['impact: links by keyboard', linksByKeyboard],
  ['impact: an apply button changes the file', applies],
  ['impact: what may change the image is shown first', asksBefore],
  ['impact: why would this rebuild', why],
  ['impact: the Explorer offers and answers', explorer],
];

/** What says something in the packed extension too. */
export const packedImpactSteps: readonly Step[] = [
  ['impact: the report opens', opens],
  ['impact: an apply button changes the file', applies],
];

export const restrictedImpactSteps: readonly Step[] = [['impact: the report in Restricted Mode', restricted]];
