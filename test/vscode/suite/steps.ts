import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../plan.js';
import * as commands from './commands.js';
import { contextSteps, packedContextSteps, restrictedContextSteps } from './context.js';
import { finding, findings, gone, ruleOf, serverProcesses, show, written } from './editor.js';
import { impactSteps, packedImpactSteps, restrictedImpactSteps } from './impact.js';
import { outside } from './outside.js';
import { pictures } from './pictures.js';
import { killedServer, restart } from './processes.js';
import { needWindow, type Step } from './step.js';
import { sleep, until } from './wait.js';

const at = (plan: Plan, name: string): string => path.join(plan.examples, name);

async function foreignYaml(plan: Plan): Promise<void> {
  const file = at(plan, 'notes.yaml');
  writeFileSync(file, 'a: 1\n');
  await show(file);
  await until('activation', () => vscode.extensions.getExtension('plimsoll.plimsoll')?.isActive);
  await sleep(300);
  assert.deepEqual(serverProcesses(), []);
}

async function firstSquiggle(plan: Plan): Promise<string> {
  const started = Date.now();
  const editor = await show(at(plan, 'node/Dockerfile'));
  const found = await finding(editor.document.uri, 'source-before-deps');
  const took = Date.now() - started;
  assert.equal(editor.document.getText(found.range).startsWith('COPY'), true, 'it marks the COPY');
  assert.equal(found.severity, vscode.DiagnosticSeverity.Warning);
  assert.equal(serverProcesses().length, 1, 'one server');
  return `${took} ms from opening the file, server start included`;
}

async function otherExamples(plan: Plan): Promise<void> {
  const expected = [
    ['python/Dockerfile', 'source-before-deps'],
    ['web/Dockerfile', 'dev-deps-in-image'],
    ['compose/compose.yaml', 'missing-shm-size'],
  ] as const;
  for (const [name, rule] of expected) await finding((await show(at(plan, name))).document.uri, rule);
  assert.equal(serverProcesses().length, 1, 'still one server');
}

async function fixThroughWindow(plan: Plan): Promise<string> {
  needWindow(plan);
  const file = at(plan, 'node/Dockerfile');
  const { document } = await show(file);
  const found = await finding(document.uri, 'source-before-deps');
  const { line, character } = found.range.start;
  const place = { line: line + 1, column: character + 1 };
  const { titles } = await outside(plan, 'fixByKeyboard', { ...place, title: 'package' });
  assert.equal(await written(file, original), fixed);
  await until('saved file', () => !document.isDirty);
  await gone(document.uri, 'source-before-deps');
  return titles.join(' | ');
}

const oneStage = 'FROM golang:1.26\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/app .\nCMD ["/bin/app"]\n';

/** A refactoring that changes what the image holds is shown as a preview, and made once that is accepted. */
async function splitsStages(plan: Plan): Promise<string> {
  needWindow(plan);
  const folder = at(plan, 'onestage');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'go.mod'), 'module example.test/app\n\ngo 1.26\n');
  writeFileSync(path.join(folder, 'main.go'), 'package main\n\nfunc main() {}\n');
  const file = path.join(folder, 'Dockerfile');
  writeFileSync(file, oneStage);
  try {
    const { document } = await show(file);
    await outside(plan, 'actionPreview', {
      line: 1,
      column: 1,
      title: 'Split into build and runtime stages',
    });
    assert.equal(document.getText(), oneStage, 'only shown so far');
    await outside(plan, 'decidePreview', { button: 'Apply' });
    await until('two stages', () => document.getText() !== oneStage);
    const froms = document.getText().match(/^FROM .*$/gm) ?? [];
    assert.equal(froms.length, 2, document.getText());
    assert.match(document.getText(), /^COPY --from=\S+ \/bin\/app /m);
    await document.save();
    return froms.join(' | ');
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
  }
}

const original =
  'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\nCMD ["node", "src/server.js"]\n';
const fixed =
  'FROM node:22-slim\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD ["node", "src/server.js"]\n';

async function pageFixes(plan: Plan): Promise<string> {
  needWindow(plan);
  assert.notEqual(plan.cases.length, 0, 'the pages have cases with a fix');
  for (const { rule, file, line, character, after } of plan.cases) {
    const { document } = await show(file);
    const before = document.getText();
    const found = await finding(document.uri, rule);
    assert.deepEqual([found.range.start.line, found.range.start.character], [line, character], rule);
    await outside(plan, 'fixByKeyboard', { line: line + 1, column: character + 1, title: '' });
    assert.equal(await written(file, before), after, rule);
    await until(`${rule}: saved file`, () => !document.isDirty);
  }
  return plan.cases.map(({ rule }) => rule).join(', ');
}

async function fixOnSave(plan: Plan): Promise<void> {
  const file = at(plan, 'python/Dockerfile');
  const { document } = await show(file);
  const before = readFileSync(file, 'utf8');
  const found = await finding(document.uri, 'source-before-deps');
  const settings = vscode.workspace.getConfiguration('editor', {
    uri: document.uri,
    languageId: 'dockerfile',
  });
  await settings.update(
    'codeActionsOnSave',
    { 'source.fixAll.plimsoll': 'explicit' },
    vscode.ConfigurationTarget.Global,
  );
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, '# saved\n');
  await vscode.workspace.applyEdit(edit);
  await (plan.ui
    ? outside(plan, 'save', null)
    : vscode.commands.executeCommand('workbench.action.files.save'));
  await gone(document.uri, 'source-before-deps');
  await settings.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Global);
  const lines = (await written(file, before)).split('\n');
  const install = lines.findIndex((line) => line.startsWith('RUN pip install'));
  assert.match(lines[install - 1] ?? '', /^COPY requirements\.txt /, 'the manifest comes first');
  assert.match(lines.slice(install).join('\n'), /^COPY \. \.$/m, 'the rest follows');
  assert.equal(lines.includes('# everything the shop needs'), true, 'the comment is kept');
  assert.equal(lines.at(-2), '# saved', `what was typed is kept (${found.range.start.line})`);
}

const compose = 'services:\n  db:\n    image: postgres:17\n';

async function untitled(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'dockercompose', content: compose });
  await vscode.window.showTextDocument(document);
  await finding(document.uri, 'missing-shm-size');
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

async function virtualScheme(): Promise<void> {
  const provider = vscode.workspace.registerTextDocumentContentProvider('plimsoll-test', {
    provideTextDocumentContent: (uri) => (uri.path.endsWith('.yaml') ? compose : original),
  });
  try {
    const { document } = await show(vscode.Uri.parse('plimsoll-test:/far/away/compose.yaml'));
    await finding(document.uri, 'missing-shm-size');
    const dockerfile = (await show(vscode.Uri.parse('plimsoll-test:/far/away/Dockerfile'))).document.uri;
    await sleep(500);
    const fixes = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      dockerfile,
      new vscode.Range(2, 0, 2, 8),
    );
    const edits = fixes.filter(
      ({ kind, title }) => kind?.value === 'quickfix' && !title.startsWith('Ignore'),
    );
    assert.deepEqual(
      edits.map(({ title }) => title),
      [],
      'no fix without the files it depends on',
    );
  } finally {
    provider.dispose();
  }
}

async function twoFolders(plan: Plan): Promise<void> {
  const folders = vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath);
  assert.deepEqual(folders, [plan.examples, plan.pages]);
  const first = await show(at(plan, 'compose/compose.yaml'));
  await finding(first.document.uri, 'missing-shm-size');
  const [one] = plan.cases;
  assert.ok(one);
  await finding((await show(one.file)).document.uri, one.rule);
  assert.equal(serverProcesses().length, 1, 'one server for both');
}

async function worksUntrusted(plan: Plan): Promise<void> {
  assert.equal(vscode.workspace.isTrusted, false, 'the workspace is not trusted');
  const { document } = await show(at(plan, 'node/Dockerfile'));
  const { range } = await finding(document.uri, 'source-before-deps');
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
  );
  assert.equal(
    actions.some(({ isPreferred }) => isPreferred === true),
    true,
    'the fix is offered',
  );
  assert.equal(
    findings(document.uri).every((one) => ruleOf(one) !== ''),
    true,
  );
}

const common: readonly Step[] = [
  ['a foreign YAML file activates and starts no server', foreignYaml],
  ['examples/node/Dockerfile gets its squiggle', firstSquiggle],
  ['the other examples get theirs', otherExamples],
  ['every command of the manifest is there', commands.allThere],
];

const after: readonly Step[] = [
  ['the lightbulb changes the file on disk', fixThroughWindow],
  ['a stage is split in two', splitsStages],
  ['fix-all on save', fixOnSave],
  ['Apply All Safe Fixes', commands.applySafeFixes],
  ['Lint Workspace', commands.lintWorkspace],
  ['Choose Build… explains', commands.chooseBuild],
  ['Copy Debug Information', commands.copyDebugInfo],
  ['language status', commands.languageStatus],
  ['activation time', commands.activationTime],
  ['an untitled document', untitled],
  ['a file of a virtual scheme', virtualScheme],
  ['a suppression comment is coloured', commands.suppressionColoured],
  ['Restart Server', restart],
  ['a killed server comes back', killedServer],
];

export const devSteps: readonly Step[] = [
  ...common,
  ['pictures', pictures],
  ...after,
  ...contextSteps,
  ...impactSteps,
];
export const packedSteps: readonly Step[] = [
  ...common,
  ['two workspace folders', twoFolders],
  ['the lightbulb does what each rule page says', pageFixes],
  ...after,
  ...packedContextSteps,
  ...packedImpactSteps,
];
export const restrictedSteps: readonly Step[] = [
  ['static checks and fixes in Restricted Mode', worksUntrusted],
  ...restrictedContextSteps,
  ...restrictedImpactSteps,
];
