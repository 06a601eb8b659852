import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { until } from './wait.js';

/** Opens a document in the editor in front; again where VS Code was just letting go of it. */
export async function show(uri: vscode.Uri | string): Promise<vscode.TextEditor> {
  const open = async (): Promise<vscode.TextEditor> => {
    const document = await vscode.workspace.openTextDocument(
      typeof uri === 'string' ? vscode.Uri.file(uri) : uri,
    );
    return vscode.window.showTextDocument(document);
  };
  return open().catch(open);
}

/** Plimsoll's diagnostics of a document. */
export function findings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'plimsoll');
}

/** The rule a diagnostic names. */
export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Waits for a finding of `rule`. */
export function finding(uri: vscode.Uri, rule: string): Promise<vscode.Diagnostic> {
  return until(`finding ${rule} in ${uri}`, () => findings(uri).find((one) => ruleOf(one) === rule));
}

/** Waits until no finding of `rule` is left. */
export async function gone(uri: vscode.Uri, rule: string): Promise<void> {
  const ended = until(`end of finding ${rule}`, () => !findings(uri).some((one) => ruleOf(one) === rule));
  await ended.catch((error: unknown) => {
    throw new Error(`${error}; ${stateOf(uri)}`);
  });
}

/** What is known of a document that did not become what it should. */
function stateOf(uri: vscode.Uri): string {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const state = { active: active === uri.toString(), dirty: document?.isDirty, version: document?.version };
  return `${JSON.stringify(state)}: ${JSON.stringify(document?.getText())}`;
}

/** The text of a file once it is another one than `before`: VS Code empties a file, then fills it. */
export function written(file: string, before: string, limit?: number): Promise<string> {
  const look = (): string | undefined => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text === '' || text === before ? undefined : text;
  };
  return until(`change of ${file}`, look, limit);
}

/** Process ids of the language servers that this extension host started. */
export function serverProcesses(): number[] {
  return children()
    .filter(({ command }) => /dist[\\/]server\.js/.test(command))
    .map(({ pid }) => pid);
}

function children(): { pid: number; command: string }[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? linuxChild(Number(name)) : []));
  }
  const [program, args] =
    process.platform === 'win32'
      ? ['powershell', ['-NoProfile', '-Command', windowsQuery]]
      : ['ps', ['-axo', 'ppid=,pid=,command=']];
  return execFileSync(program, args, { encoding: 'utf8' })
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, parent, pid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === process.pid && command !== undefined ? [{ pid: Number(pid), command }] : [];
    });
}

const windowsQuery =
  'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ParentProcessId) $($_.ProcessId) $($_.CommandLine)" }';

function linuxChild(pid: number): { pid: number; command: string }[] {
  try {
    const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (Number(parent) !== process.pid) return [];
    return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
  } catch {
    return []; // it has ended
  }
}
