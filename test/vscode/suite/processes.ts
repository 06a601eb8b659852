import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../plan.js';
import { finding, serverProcesses, show } from './editor.js';
import { until } from './wait.js';

export async function restart(plan: Plan): Promise<void> {
  const [old] = serverProcesses();
  assert.ok(old, 'a server runs');
  // Two at once: they share the one restart.
  const command = () => vscode.commands.executeCommand('plimsoll.restartServer');
  await Promise.all([command(), command()]);
  const now = serverProcesses();
  assert.equal(now.length, 1, 'one server');
  assert.notEqual(now[0], old);
  const { document } = await show(path.join(plan.examples, 'web/Dockerfile'));
  await finding(document.uri, 'dev-deps-in-image');
}

export async function killedServer(plan: Plan): Promise<void> {
  const { document } = await show(path.join(plan.examples, 'web/Dockerfile'));
  await finding(document.uri, 'dev-deps-in-image');
  const [old] = serverProcesses();
  assert.ok(old, 'a server runs');
  process.kill(old, 'SIGKILL');
  await until('new server', () => serverProcesses().some((pid) => pid !== old));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '\n');
  await vscode.workspace.applyEdit(edit);
  // The finding has moved down with its line: it comes from the new server.
  await until('finding of the new server', async () => {
    const { range } = await finding(document.uri, 'dev-deps-in-image');
    return document.lineAt(range.start.line).text.startsWith('RUN npm ci');
  });
  await vscode.commands.executeCommand('workbench.action.files.revert');
}
