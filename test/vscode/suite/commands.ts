import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../plan.js';
import { finding, findings, gone, show } from './editor.js';
import { outside } from './outside.js';
import { needWindow } from './step.js';
import { until } from './wait.js';

export async function allThere(): Promise<void> {
  const manifest = vscode.extensions.getExtension('plimsoll.plimsoll')?.packageJSON;
  const declared: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);
  const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('plimsoll.'));
  assert.deepEqual(registered.sort(), declared.sort());
}

/** How the server is, and a configuration that can't be read, with the file's name. */
export async function languageStatus(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(path.join(plan.examples, 'web/Dockerfile'));
  const usual = await outside(plan, 'languageStatus', { text: 'last run' });
  const config = path.join(plan.examples, '.plimsoll.yaml');
  writeFileSync(config, 'profile: bold\n');
  await show(config);
  await show(path.join(plan.examples, 'web/Dockerfile'));
  const broken = await outside(plan, 'languageStatus', { text: '.plimsoll.yaml' });
  const { document } = await show(config);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, document.lineAt(0).range, 'profile: default');
  await vscode.workspace.applyEdit(edit);
  await document.save();
  await show(path.join(plan.examples, 'web/Dockerfile'));
  await outside(plan, 'languageStatus', { text: 'last run' });
  rmSync(config);
  return `${usual}; ${broken}`;
}

export async function applySafeFixes(plan: Plan): Promise<void> {
  needWindow(plan);
  const file = path.join(plan.examples, 'compose/compose.yaml');
  const { document } = await show(file);
  await finding(document.uri, 'missing-shm-size');
  await outside(plan, 'palette', { title: 'Plimsoll: Apply All Safe Fixes' });
  await outside(plan, 'notification', { text: 'applied' });
  await gone(document.uri, 'missing-shm-size');
  await document.save();
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^ {4}shm_size: ["']?256mb["']?$/m);
  assert.match(text, /image: postgres:17 # the shop's orders/, 'the comment is kept');
  await outside(plan, 'palette', { title: 'Plimsoll: Apply All Safe Fixes' });
  await outside(plan, 'notification', { text: 'no safe fix' });
}

export async function lintWorkspace(plan: Plan): Promise<string> {
  needWindow(plan);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const web = vscode.Uri.file(path.join(plan.examples, 'web/Dockerfile'));
  await until('end of findings of closed files', () => findings(web).length === 0);
  await outside(plan, 'palette', { title: 'Plimsoll: Lint Workspace' });
  const said = await outside(plan, 'notification', { text: 'inding' });
  await finding(web, 'dev-deps-in-image');
  const once = findings(web).length;
  await show(web);
  await finding(web, 'dev-deps-in-image');
  await until('one copy of each finding', () => findings(web).length === once);
  return said;
}

export async function chooseBuild(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(path.join(plan.examples, 'web/Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Choose Build' });
  return outside(plan, 'notification', { text: 'Only one build' });
}

export async function copyDebugInfo(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(path.join(plan.examples, 'web/Dockerfile'));
  await outside(plan, 'palette', { title: 'Plimsoll: Copy Debug Information' });
  await outside(plan, 'notification', { text: 'clipboard' });
  const text = await vscode.env.clipboard.readText();
  const { version } = vscode.extensions.getExtension('plimsoll.plimsoll')?.packageJSON ?? {};
  assert.ok(text.startsWith(`Plimsoll ${version} in `), text.slice(0, 80));
  assert.ok(text.includes(process.versions.node), 'the server says which Node runs it');
  return /^activate: .*$/m.exec(text)?.[0] ?? '';
}

/** What VS Code itself measured. The aim of 10 ms is a figure for the benchmark, not a limit here. */
export async function activationTime(plan: Plan): Promise<string> {
  needWindow(plan);
  await show(path.join(plan.examples, 'node/Dockerfile'));
  await until('activation', () => vscode.extensions.getExtension('plimsoll.plimsoll')?.isActive);
  await vscode.commands.executeCommand('workbench.action.showRuntimeExtensions');
  const said = await outside(plan, 'runningExtension', null);
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  assert.match(said, /\d+ms/);
  return said;
}

export async function suppressionColoured(plan: Plan): Promise<void> {
  needWindow(plan);
  const content =
    'FROM busybox\n# plimsoll: ignore[source-before-deps] known\n# an ordinary comment\nRUN true\n';
  const document = await vscode.workspace.openTextDocument({ language: 'dockerfile', content });
  await vscode.window.showTextDocument(document);
  const rule = await outside(plan, 'tokenClass', { text: 'source-before-deps' });
  const ordinary = await outside(plan, 'tokenClass', { text: 'ordinary' });
  assert.notEqual(rule, ordinary);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
