import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { fill } from '../junk.js';
import type { Plan, ReportSeen } from '../plan.js';
import { finding, show, written } from './editor.js';
import { outside } from './outside.js';
import { reportPictures } from './pictures.js';
import { needWindow, type Step } from './step.js';
import { sleep, until } from './wait.js';

const folder = (plan: Plan): string => path.join(plan.examples, 'context');
const inContext = (plan: Plan, name: string): string => path.join(folder(plan), name);

const seen = (plan: Plan, text: string): Promise<ReportSeen> => outside(plan, 'report', { text });

/** Opens the report from the Dockerfile. */
async function openReport(plan: Plan): Promise<ReportSeen> {
  needWindow(plan);
  fill(folder(plan));
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await show(inContext(plan, 'Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Show Build Context Size' });
  return seen(plan, 'Lines that would make it smaller');
}

async function opens(plan: Plan): Promise<string> {
  const { size, text } = await openReport(plan);
  assert.match(size, /^1[67]\d MB$/);
  assert.match(text, /above 100 MB/);
  assert.match(text, /node_modules\//);
  return size;
}

async function pictures(plan: Plan): Promise<void> {
  await openReport(plan);
  await reportPictures(plan, 'report');
}

async function drillsDown(plan: Plan): Promise<string> {
  await openReport(plan);
  const inside = await outside(plan, 'reportKeys', { selector: '#map button', keys: ['Enter'] });
  assert.match(inside.folder, /^context\s*node_modules/);
  assert.ok(inside.tiles.includes('@img/'), inside.tiles.join(' '));
  const deeper = await outside(plan, 'reportKeys', {
    selector: '#map button',
    keys: ['ArrowRight', 'Enter'],
  });
  const out = await outside(plan, 'reportKeys', { selector: '#map button', keys: ['Backspace', 'Escape'] });
  assert.doesNotMatch(out.folder, /node_modules/);
  assert.ok(out.tiles.includes('recordings/'), out.tiles.join(' '));
  return deeper.folder;
}

/** A page that is not visible is taken down: it comes back with what it showed. */
async function comesBack(plan: Plan): Promise<void> {
  await openReport(plan);
  await outside(plan, 'reportKeys', { selector: '#map button', keys: ['Enter'] });
  await show(inContext(plan, 'Dockerfile'));
  await sleep(300);
  await vscode.commands.executeCommand('workbench.action.previousEditor');
  const { folder: shown } = await seen(plan, 'Lines that would make it smaller');
  assert.match(shown, /node_modules/);
  await outside(plan, 'reportKeys', { selector: '#map button', keys: ['Escape'] });
}

async function addsLine(plan: Plan): Promise<string> {
  const before = await openReport(plan);
  const file = inContext(plan, '.dockerignore');
  const lines = readFileSync(file, 'utf8');
  const selector = '[data-do="add"][data-pattern*="node_modules"]';
  const after = await outside(plan, 'reportClick', { selector, done: 'was added to' });
  const text = await written(file, lines);
  assert.match(text, /^(\*\*\/)?node_modules\/?$/m, 'the line is on the disk');
  assert.match(text, /^# Logs of the last runs\n\*\.log$/m, 'the rest is kept');
  assert.notEqual(after.size, before.size);
  assert.ok(after.change.includes(`${before.size} → ${after.size}`), after.change);
  assert.ok(!after.tiles.includes('node_modules/'), after.tiles.join(' '));
  return after.change;
}

async function why(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(inContext(plan, 'src/server.js'));
  await outside(plan, 'palette', { title: 'Plimsoll: Why Is This File (Not) in the Build?' });
  const button = 'Open Dockerfile';
  const taken = await outside(plan, 'notificationButton', { text: 'src/server.js', button });
  await until('the step that takes it', () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName.endsWith('Dockerfile') && editor.selection.active.line === 5;
  });
  writeFileSync(inContext(plan, 'run.log'), '');
  await show(inContext(plan, 'run.log'));
  await outside(plan, 'palette', { title: 'Plimsoll: Why Is This File (Not) in the Build?' });
  const left = await outside(plan, 'notificationButton', { text: '*.log', button: 'Open .dockerignore' });
  await until('the line that leaves it out', () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.fileName.endsWith('.dockerignore') && editor.selection.active.line === 1;
  });
  rmSync(inContext(plan, 'run.log'));
  return `${taken} / ${left}`;
}

async function creates(plan: Plan): Promise<string> {
  needWindow(plan);
  const file = inContext(plan, '.dockerignore');
  fill(folder(plan));
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  rmSync(file);
  await show(inContext(plan, 'Dockerfile'));
  const command = 'Plimsoll: Create .dockerignore';
  await outside(plan, 'palette', { title: command });
  // Turned away: nothing is written.
  const said = await outside(plan, 'notification', { text: 'Create .dockerignore' });
  const title = await until('preview', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label);
  assert.match(title, /^Create \.dockerignore \(context .* → .*\)$/);
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  assert.equal(existsSync(file), false, 'nothing is written before it is accepted');
  await show(inContext(plan, 'Dockerfile'));
  await outside(plan, 'palette', { title: command });
  await outside(plan, 'notificationButton', { text: 'Create .dockerignore', button: 'Create the File' });
  const text = await written(file, '');
  await until('the file in front', () => vscode.window.activeTextEditor?.document.uri.fsPath === file);
  assert.match(text, /^(\*\*\/)?node_modules\/?$/m);
  return said;
}

/** Where there is an ignore file, what it lacks is proposed as a difference; accepted by the icon above the editor. */
async function proposesLines(plan: Plan): Promise<string> {
  needWindow(plan);
  const file = inContext(plan, '.dockerignore');
  const kept = '# Logs of the last runs\n*.log\n';
  fill(folder(plan));
  // What an editor holds counts more than what is on the disk.
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  writeFileSync(file, kept);
  await show(inContext(plan, 'Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Create .dockerignore' });
  const said = await outside(plan, 'notification', { text: '→' });
  assert.equal(readFileSync(file, 'utf8'), kept);
  await outside(plan, 'titleAction', { label: 'Write Proposed File' });
  const text = await written(file, kept);
  assert.match(text, /node_modules/);
  assert.ok(text.startsWith(kept), 'what was there is kept');
  return said;
}

async function languages(plan: Plan): Promise<void> {
  const text = '# not needed\nnode_modules\n';
  for (const name of ['.dockerignore', 'Dockerfile.dockerignore', 'api.dockerignore']) {
    const file = path.join(plan.examples, 'ignored', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    const { document } = await show(file);
    assert.equal(document.languageId, 'ignore', name);
  }
  if (!plan.ui) return;
  const comment = await outside(plan, 'tokenClass', { text: 'needed' });
  const pattern = await outside(plan, 'tokenClass', { text: 'modules' });
  assert.notEqual(comment, pattern, 'comments are coloured');
  await vscode.commands.executeCommand('editor.action.commentLine');
  assert.equal(vscode.window.activeTextEditor?.document.lineAt(0).text, 'not needed', 'comments are known');
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  rmSync(path.join(plan.examples, 'ignored'), { recursive: true });
}

/** What the server says in the Dockerfile and in the ignore file, through the editor's own questions. */
async function speaks(plan: Plan): Promise<string> {
  fill(folder(plan));
  const { document } = await show(inContext(plan, 'Dockerfile'));
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await until('inlay hint on the COPY', async () => {
    const all = await ask<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, whole);
    return all.some(({ position }) => position.line === 5) ? all : undefined;
  });
  const lenses = await until('CodeLens with the size', async () => {
    const all = await ask<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 9);
    return all.find(({ command }) => command?.command === 'plimsoll.showContextSize');
  });
  assert.equal(lenses.range.start.line, 1, 'on the first stage');
  const ignore = (await show(inContext(plan, '.dockerignore'))).document;
  const place = new vscode.Position(1, 1);
  const hovers = await until('hover on the pattern', async () => {
    const all = await ask<vscode.Hover[]>('vscode.executeHoverProvider', ignore.uri, place);
    return all.length > 0 ? all : undefined;
  });
  await completes(ignore);
  await fixes(ignore);
  const label = hints.find(({ position }) => position.line === 5)?.label;
  const hint = typeof label === 'string' ? label : label?.map(({ value }) => value).join('');
  const hover = hovers.flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value));
  return `${hint} | ${lenses.command?.title} | ${hover.join(' ').split('\n')[0]}`;
}

const ask = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(command, ...args);

async function completes(ignore: vscode.TextDocument): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(ignore.uri, new vscode.Position(ignore.lineCount, 0), 'rec');
  await vscode.workspace.applyEdit(edit);
  const end = ignore.lineAt(ignore.lineCount - 1).range.end;
  await until('completion of a path', async () => {
    const list = await ask<vscode.CompletionList>('vscode.executeCompletionItemProvider', ignore.uri, end);
    return list.items.some(({ label }) =>
      /^recordings/.test(typeof label === 'string' ? label : label.label),
    );
  });
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

/** The line that says again what another says is marked, and its fix takes it away. */
async function fixes(ignore: vscode.TextDocument): Promise<void> {
  const { range } = await finding(ignore.uri, 'ineffective-ignore-pattern');
  assert.equal(ignore.lineAt(range.start.line).text, 'server.log');
  const action = await until('quick fix', async () => {
    const all = await ask<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      ignore.uri,
      range,
      'quickfix',
      9,
    );
    return all.find(({ edit, title }) => edit !== undefined && !title.startsWith('Ignore'));
  });
  assert.ok(action.edit !== undefined && (await vscode.workspace.applyEdit(action.edit)));
  assert.doesNotMatch(ignore.getText(), /^server/m);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

async function menus(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(inContext(plan, 'Dockerfile'));
  await vscode.commands.executeCommand('workbench.files.action.showActiveFileInExplorer');
  const dockerfile = await outside(plan, 'explorerMenu', { name: 'Dockerfile' });
  for (const title of [
    'Show Build Context Size',
    'Create .dockerignore',
    'Why Is This File (Not) in the Build?',
  ])
    assert.ok(dockerfile.includes(title), dockerfile.join(', '));
  const manifest = await outside(plan, 'explorerMenu', { name: 'package.json' });
  assert.ok(manifest.includes('Why Is This File (Not) in the Build?'), manifest.join(', '));
  assert.ok(!manifest.includes('Show Build Context Size'), manifest.join(', '));
  const source = await outside(plan, 'explorerMenu', { name: 'src' });
  assert.ok(source.includes('Docker Build'), source.join(', '));
  return dockerfile.filter((one) => /Build|ignore/.test(one)).join(', ');
}

/** The size stands in the language status, beside the state of the server. */
async function status(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(inContext(plan, 'Dockerfile'));
  return outside(plan, 'languageStatus', { text: 'Context:' });
}

/** What says something in the packed extension too. */
export const packedContextSteps: readonly Step[] = [
  ['context: the report opens', opens],
  ['context: a click on a suggested line', addsLine],
];

export const restrictedContextSteps: readonly Step[] = [['context: the report in Restricted Mode', opens]];

export const contextSteps: readonly Step[] = [
  ['context: the three ignore file names are a language', languages],
  ['context: the Explorer offers what fits', menus],
  ['context: the report opens', opens],
  ['context: pictures', pictures],
  ['context: drill-down by keyboard', drillsDown],
  ['context: the report comes back', comesBack],
  ['context: hints, lens, hover, completion, quick fix', speaks],
  ['context: language status', status],
  ['context: a click on a suggested line', addsLine],
  ['context: why a file is in or out', why],
  ['context: Create .dockerignore with a preview', creates],
  ['context: lines for the ignore file there is', proposesLines],
];
