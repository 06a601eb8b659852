import type { Dockerfile, Instruction } from '../../syntax/dockerfile/model.js';
import { compareBytes } from '../../text/order.js';
import { parentOf } from '../lineage.js';
import type { StageGraph, StageNode } from '../model.js';
import { alignSteps } from './align.js';
import { type Difference, differences, entryLikeness } from './contents.js';
import { inputLikeness, type Run } from './inputs.js';
import type { Because, BecauseKind } from './model.js';
import type { Part } from './operation.js';
import type { Below, Input, Vertex } from './vertices.js';

/** One question: why a step of `now` is not what it was in `old`. */
interface Asked {
  readonly old: Run;
  readonly now: Run;
  readonly fresh: boolean;
  /** For steps of `now` those of `old`, by index. */
  readonly former: ReadonlyMap<number, Vertex>;
}

function because(kind: BecauseKind, detail: string, parentLine: number | null = null): Because {
  return { kind, detail, parentLine };
}

/** One sentence for a step that may be cached. */
export function onlyTheBuild(path: string, stage: string): string {
  return `Only the build tells whether ${path} of stage ${stage} comes out as before.`;
}

/** 0-based line of a step. */
export function lineOf({ lines }: Dockerfile, { step }: Vertex): number {
  return lines.positionAt(step.instruction.span.start).line;
}

function sets(instruction: Instruction, name: string): 'argument' | 'environment' | undefined {
  if (instruction.kind === 'ARG')
    return instruction.declarations.some((one) => one.name === name) ? 'argument' : undefined;
  if (instruction.kind !== 'ENV') return undefined;
  return instruction.pairs.some((pair) => pair.name === name) ? 'environment' : undefined;
}

/** What set a variable last before `end`: ARG or ENV. */
function setter(graph: StageGraph, node: StageNode, name: string, end: number): 'argument' | 'environment' {
  const before = [...node.triggered, ...node.steps]
    .map(({ instruction }) => instruction)
    .filter(({ span }) => span.start < end);
  for (const instruction of before.reverse()) {
    const kind = sets(instruction, name);
    if (kind !== undefined) return kind;
  }
  const base = parentOf(graph, node);
  return base === undefined ? 'argument' : setter(graph, base, name, Number.POSITIVE_INFINITY);
}

function setterAt(run: Run, { node, step }: Vertex, name: string): 'argument' | 'environment' {
  return setter(run.state.built.graph, node, name, step.instruction.span.start);
}

/** The first variable in which two environments differ. */
function variableReason(asked: Asked, a: Vertex, b: Vertex): Because | undefined {
  const before = a.tokens.environment;
  const after = b.tokens.environment;
  const changed = [...after].find(([name, value]) => before.get(name) !== value || !before.has(name));
  if (changed !== undefined) return because(setterAt(asked.now, b, changed[0]), changed[0]);
  const removed = [...before.keys()].find((name) => !after.has(name));
  if (removed !== undefined) return because(setterAt(asked.old, a, removed), removed);
  const names = [...before.keys()];
  const moved = [...after.keys()].find((name, i) => names[i] !== name);
  return moved === undefined ? undefined : because(setterAt(asked.now, b, moved), moved);
}

/** A variable of a text that is worth something else now. */
function usedVariable(asked: Asked, a: Vertex, b: Vertex): Because | undefined {
  const { text, heredocs } = b.step.instruction;
  const all = [text, ...heredocs.map(({ body }) => body.text)].join('\n');
  for (const [, name = ''] of all.matchAll(/\$\{?([A-Za-z_]\w*)/g)) {
    if (a.tokens.environment.get(name) !== b.tokens.environment.get(name))
      return because(setterAt(asked.now, b, name), name);
  }
  return undefined;
}

function sameText(a: Vertex, b: Vertex): boolean {
  const text = ({ step: { instruction } }: Vertex): string =>
    [instruction.text, ...instruction.heredocs.map(({ body }) => body.text)].join('\n');
  return text(a) === text(b);
}

function partReason(asked: Asked, a: Vertex, b: Vertex, part: Part): Because {
  const { instruction } = b.step;
  const own = because('instruction', instruction.text);
  if (part.kind === 'environment') return variableReason(asked, a, b) ?? own;
  if (part.kind === 'instruction' || part.kind === 'mount' || part.kind === 'secret') {
    if (!sameText(a, b)) return part.kind === 'instruction' ? own : because(part.kind, part.name);
    const shell = JSON.stringify(a.tokens.shell) !== JSON.stringify(b.tokens.shell);
    if (instruction.kind === 'RUN' && part.kind === 'instruction' && shell)
      return because('shell', (b.tokens.shell ?? ['/bin/sh', '-c']).join(' '));
    return usedVariable(asked, a, b) ?? own;
  }
  if (part.kind === 'workdir' && instruction.kind !== 'RUN' && !sameText(a, b))
    return instruction.kind === 'WORKDIR' ? because('workdir', b.target ?? '') : own;
  if (part.kind === 'workdir' && a.tokens.workdir === b.tokens.workdir)
    return usedVariable(asked, a, b) ?? own;
  return because(part.kind, shown(part.name));
}

/** A text without the tokens of what is not known. */
function shown(text: string): string {
  return text.replace(/\0[^\0]*\0/g, '…');
}

/** A key without what tells unknown values apart. */
function withoutTokens(key: string): string {
  return key.includes('\\u0000') ? key.replace(/\\u0000.*?\\u0000/g, '\0') : key;
}

const onlyTheImage = 'Only the base image tells in which folder this runs where no WORKDIR says it.';

/** The first part in which what two steps do differs. */
function operationReason(asked: Asked, a: Vertex, b: Vertex): Because | undefined {
  if (a.operation.key === b.operation.key) return undefined;
  if (a.operation.keyAtRoot === b.operation.keyAtRoot) return because('workdir', onlyTheImage);
  // Only what the base images set may differ: then the base is the reason.
  if (withoutTokens(a.operation.key) === withoutTokens(b.operation.key)) return undefined;
  const before = a.operation.parts;
  const after = b.operation.parts;
  const values = new Set(before.map(({ kind, value }) => `${kind} ${value}`));
  const changed = after.find((part, i) => {
    const other = before[i];
    return other?.kind !== part.kind || other.value !== part.value
      ? !values.has(`${part.kind} ${part.value}`)
      : false;
  });
  const now = new Set(after.map(({ kind, value }) => `${kind} ${value}`));
  const part = changed ?? before.find(({ kind, value }) => !now.has(`${kind} ${value}`)) ?? after[0];
  return part === undefined ? undefined : partReason(asked, a, b, part);
}

/** Whether a file came or went only because the ignore file says so. */
function isIgnored({ old, now }: Asked, { path, change }: Difference): boolean {
  if (change !== 'added' && change !== 'removed') return false;
  const a = old.state.context.get(path);
  const b = now.state.context.get(path);
  return a !== undefined && b !== undefined && entryLikeness(a, b, false, true) === 'same';
}

function fileReason(asked: Asked, before: number, after: number): Because | undefined {
  const all = [...differences(asked.old.keyed[before] ?? [], asked.now.keyed[after] ?? [], asked.fresh)];
  const kindOf = (one: Difference): BecauseKind =>
    isIgnored(asked, one) ? 'ignore' : one.change === 'mode' ? 'mode' : 'file';
  const sorted = all.sort((a, b) => compareBytes(a.path, b.path));
  const kinds: readonly BecauseKind[] = ['file', 'ignore', 'mode'];
  for (const kind of kinds) {
    const first = sorted.find((one) => kindOf(one) === kind);
    if (first !== undefined) return because(kind, first.path);
  }
  return undefined;
}

/** The first step of a chain that is not cached, from its end downwards. */
function originOf(run: Run, below: Below): Vertex | undefined {
  let found: Vertex | undefined;
  let at = below;
  while (at.kind === 'step') {
    const vertex = run.vertices.list[at.vertex];
    if (vertex === undefined) break;
    if (run.cached[vertex.index] !== true) found = vertex;
    else if (!vertex.link) break;
    at = vertex.below;
  }
  return found;
}

function stageReason(asked: Asked, input: Input & { readonly kind: 'stage' }, isOpen: boolean): Because {
  const { label } = input.stage.stage;
  const origin = originOf(asked.now, input.below);
  const line = origin === undefined ? null : lineOf(asked.now.state.built.dockerfile, origin);
  if (isOpen) return because('parent', onlyTheBuild(input.path, label), line);
  return because('parent', origin?.step.instruction.text ?? label, line);
}

function inputReason(asked: Asked, a: Vertex, b: Vertex, isOpen: boolean): Because | undefined {
  for (const [i, input] of b.inputs.entries()) {
    const other = a.inputs[i];
    if (other === undefined) return because('instruction', b.step.instruction.text);
    const likeness = inputLikeness(asked.old, other, asked.now, input, asked.fresh);
    if (likeness === 'same' || (likeness === 'open' && !isOpen)) continue;
    if (input.kind === 'stage') return stageReason(asked, input, likeness === 'open');
    if (input.kind === 'context' && other.kind === 'context') {
      const reason = fileReason(asked, other.source, input.source);
      if (reason !== undefined) return reason;
    }
    if (input.kind === 'outside') {
      const name = input.name.replace(/^(?:image|context) /, '');
      return because(input.name.startsWith('image ') ? 'base' : 'file', name);
    }
    return usedVariable(asked, a, b) ?? because('instruction', b.step.instruction.text);
  }
  return undefined;
}

function baseReason(asked: Asked, a: Below, b: Below, vertex: Vertex): Because | undefined {
  if (b.kind !== 'base' || asked.now.identities(b)[0] === asked.old.identities(a)[0]) return undefined;
  const from = asked.now.state.built.graph.stages[b.stage]?.stage.from;
  const before = a.kind === 'base' ? asked.old.state.built.graph.stages[a.stage]?.stage.from : undefined;
  const name = b.name.split(' ')[1] ?? b.name;
  if (before === undefined || from === undefined) return undefined;
  const variable = /\$\{?([A-Za-z_]\w*)/.exec(from.image?.raw ?? '')?.[1];
  const moved = before.text === from.text && a.kind === 'base' && a.name !== b.name;
  if (moved && variable !== undefined) return because('argument', variable);
  return vertex.below === b ? because('base', shown(name)) : undefined;
}

/** Why what is below a step is not what it was, though no step there ran again. */
function neighbourReason(asked: Asked, a: Vertex, b: Vertex): Because {
  const text = (run: Run, { below }: Vertex): string | undefined =>
    below.kind === 'step' ? run.vertices.list[below.vertex]?.step.instruction.text : undefined;
  const detail = text(asked.old, a) ?? text(asked.now, b) ?? b.step.instruction.text;
  return because('instruction', detail);
}

/** Tells why steps of `now` are not cached: what changed since the build before; null for none. */
export function reasonOf(old: Run | undefined, now: Run, fresh: boolean): (vertex: Vertex) => Because {
  if (old === undefined) return ({ step }) => because('new', step.instruction.text);
  const asked: Asked = { old, now, fresh, former: alignSteps(old.vertices, now.vertices) };
  return (vertex) => {
    const former = asked.former.get(vertex.index);
    const isOpen = now.cached[vertex.index] === 'maybe';
    if (former === undefined) return because('new', vertex.step.instruction.text);
    const own =
      operationReason(asked, former, vertex) ??
      inputReason(asked, former, vertex, isOpen) ??
      baseReason(asked, former.below, vertex.below, vertex);
    const origin = vertex.link ? undefined : originOf(now, vertex.below);
    // A step that runs again in either case does not do so for what only the image knows.
    const settled = origin !== undefined && !isOpen && own?.detail === onlyTheImage;
    if (own !== undefined && !settled) return own;
    if (origin !== undefined)
      return because('parent', origin.step.instruction.text, lineOf(now.state.built.dockerfile, origin));
    return neighbourReason(asked, former, vertex);
  };
}
