import { folderOf, programOf, type StepCommand } from './commands.js';
import type { StageNode, Step } from './model.js';

/** Programs of the system with which health is asked after. */
const PLAIN = new Set([
  'curl',
  'wget',
  'nc',
  'ncat',
  'test',
  '[',
  'cat',
  'grep',
  'exit',
  'true',
  'echo',
  'pgrep',
  'ps',
]);

function jsonWords(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** The commands of a shell text that holds nothing but words, quotes and operators between commands. */
function shellWords(text: string): readonly (readonly string[])[] {
  return text
    .replace(/"[^"]*"|'[^']*'/g, (quoted) => quoted.replace(/[;&|]/g, ' '))
    .split(/&&|\|\||[;|]/)
    .map((part) =>
      part
        .trim()
        .split(/\s+/)
        .map((w) => w.replace(/^["']|["']$/g, '')),
    )
    .filter((words) => words[0] !== '');
}

/**
 * What a HEALTHCHECK starts that may need something of the project: programs of the system and Python's `-c` are left
 * out. Empty for any other instruction and for NONE.
 */
export function healthCommands(node: StageNode, step: Step): readonly StepCommand[] {
  const { instruction } = step;
  if (instruction.keyword !== 'HEALTHCHECK') return [];
  const body = /\bCMD\s+([\s\S]*)$/i.exec(instruction.text.replace(/\\\r?\n/g, ' '))?.[1]?.trim();
  if (body === undefined) return [];
  const exec = jsonWords(body);
  const inner = exec !== undefined && /^(\/bin\/)?(ba|a)?sh$/.test(exec[0] ?? '') ? exec.at(-1) : undefined;
  const all = exec === undefined || inner !== undefined ? shellWords(inner ?? body) : [exec];
  const { span } = instruction;
  return all
    .map(
      (words): StepCommand => ({
        words: words.map((value) => ({ value, literal: !value.includes('$'), span })),
        assignments: [],
        redirects: [],
        joined: 'start',
        inside: [],
        span,
        folder: folderOf(node, step),
        exec: exec !== undefined,
      }),
    )
    .filter((c) => !PLAIN.has(programOf(c)) && !(/^python/.test(programOf(c)) && c.words[1]?.value === '-c'));
}
