import { copyLine, moveAfter } from '../../fixes/dockerfile.js';
import type { Closure } from '../../project/closures/model.js';
import { contextView } from '../../project/context.js';
import { closureOf, type ImageFiles, imageFiles } from '../../sim/closures.js';
import { commandsOf, type StepCommand } from '../../sim/commands.js';
import {
  broughtFrom,
  type CopyContext,
  type LocalCopy,
  localCopyOf,
  takesOnly,
  wouldBringFrom,
} from '../../sim/copies.js';
import { type Install, installOf } from '../../sim/installs.js';
import type { StageNode, Step } from '../../sim/model.js';
import { isNeutral } from '../../sim/neutral.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** A RUN that installs, with all that is known of it. */
interface InstallStep {
  readonly node: StageNode;
  readonly step: Step;
  readonly commands: readonly StepCommand[];
  readonly installs: readonly { readonly install: Install; readonly closure: Closure }[];
  /** Local copies of the stage before it, in order. */
  readonly copies: readonly LocalCopy[];
  readonly image: ImageFiles;
}

/** What stands in the way of a fix, or makes it unsafe. */
interface Obstacles {
  readonly blocked: string[];
  readonly doubts: string[];
}

function installStepOf(
  rule: DockerfileContext,
  context: CopyContext,
  node: StageNode,
  step: Step,
): InstallStep | undefined {
  if (step.instruction.kind !== 'RUN') return undefined;
  const commands = commandsOf(node, step, rule.shell);
  const found = (commands ?? []).flatMap((command) => installOf(command) ?? []);
  if (commands === undefined || found.length === 0) return undefined;
  const copies = node.steps
    .filter((s) => s.instruction.span.start < step.instruction.span.start)
    .flatMap((s) => localCopyOf(node, s, context, rule.dockerfile.escape) ?? []);
  const image = imageFiles(node, step, copies, context);
  const installs = found.flatMap((install) => {
    if (isInstalledBefore(rule, node, step, install)) return [];
    const closure = closureOf(install, step, image);
    return closure === undefined ? [] : [{ install, closure }];
  });
  if (installs.length === 0) return undefined;
  return { node, step, commands, installs, copies, image };
}

/** Whether an earlier step has installed the same folder already: then this one only adds the project itself. */
function isInstalledBefore(rule: DockerfileContext, node: StageNode, step: Step, install: Install): boolean {
  const parent = node.base.kind === 'stage' ? rule.graph.stages[node.base.index] : undefined;
  const inherited = parent !== undefined && isInstalledBefore(rule, parent, step, install);
  const { start } = step.instruction.span;
  return (
    inherited ||
    node.steps.some(
      (s) =>
        s.instruction.kind === 'RUN' &&
        s.instruction.span.start < start &&
        (commandsOf(node, s, rule.shell) ?? []).some((c) => {
          const other = installOf(c);
          return (
            other?.manager === install.manager && other.folder === install.folder && sameFiles(other, install)
          );
        }),
    )
  );
}

function sameFiles(a: Install, b: Install): boolean {
  return [...a.files].sort().join('\n') === [...b.files].sort().join('\n');
}

/** The paths in the context of all files the installs of a step read. */
function neededPaths(found: InstallStep): ReadonlySet<string> {
  const files = found.installs.flatMap(({ closure }) => closure.files);
  return new Set(files.flatMap((file) => found.image.sourceOf(file)?.path ?? []));
}

/**
 * Copies that bring more than the install reads. One that brings a manifest is always one; one that brings other folders
 * only where the install surely does not read them (a `postinstall` may be why they are copied first).
 */
function broadCopies(found: InstallStep, context: CopyContext): LocalCopy[] {
  const needed = neededPaths(found);
  const certain = found.installs.every(
    ({ closure }) => closure.open.length === 0 && closure.doubts.length === 0,
  );
  const broad = found.copies.filter(
    (copy) => copy.sources.some((s) => s.folder) && !takesOnly(copy, needed, context),
  );
  return certain || broad.some((copy) => bringsManifest(found, copy, context)) ? broad : [];
}

function bringsManifest(found: InstallStep, copy: LocalCopy, context: CopyContext): boolean {
  return found.installs.some(({ closure }) =>
    closure.files.some((file) => broughtFrom(copy, file, context) !== undefined),
  );
}

const INERT = new Set([
  'LABEL',
  'EXPOSE',
  'CMD',
  'ENTRYPOINT',
  'HEALTHCHECK',
  'STOPSIGNAL',
  'MAINTAINER',
  'ONBUILD',
  'SHELL',
  'USER',
]);

/** Whether the places two copies write to can touch. */
function overlap(a: string, b: string): boolean {
  return isInside(a, b) || isInside(b, a);
}

function crossingReason(
  rule: DockerfileContext,
  found: InstallStep,
  moved: readonly LocalCopy[],
  crossed: Step,
  context: CopyContext,
): string | undefined {
  const { instruction } = crossed;
  const written = moved.flatMap((c) => [
    ...c.instruction.sources,
    ...(c.instruction.destination ? [c.instruction.destination] : []),
  ]);
  switch (instruction.kind) {
    case 'ENV':
    case 'ARG':
      return written.some((w) => w.raw.includes('$')) ? `${instruction.keyword} stands between` : undefined;
    case 'WORKDIR':
      return moved.some((c) => !/^["']?\//.test(c.instruction.destination?.raw ?? ''))
        ? 'WORKDIR stands between'
        : undefined;
    case 'RUN': {
      const commands = commandsOf(found.node, crossed, rule.shell);
      if (instruction.mounts.some((m) => m.type === 'bind')) return 'a RUN with a bind mount stands between';
      return commands?.every(isNeutral) === true
        ? undefined
        : 'a RUN that may read the source stands between';
    }
    case 'COPY':
    case 'ADD': {
      const local = localCopyOf(found.node, crossed, context, rule.dockerfile.escape);
      if (local !== undefined) return overlayReason(local, moved, context);
      const place = instruction.destination?.value ?? '';
      const apart =
        /^\/[^$]*$/.test(place) && moved.every((c) => !overlap(c.destination, joinPath('/', place)));
      return apart ? undefined : `another ${instruction.keyword} stands between`;
    }
    default:
      return INERT.has(instruction.keyword) ? undefined : `${instruction.keyword} stands between`;
  }
}

/** A copy that stays must not bring what a moved one brings too: the later one wins, and their order changes. */
function overlayReason(
  stays: LocalCopy,
  moved: readonly LocalCopy[],
  context: CopyContext,
): string | undefined {
  const flags = (copy: LocalCopy): string =>
    copy.instruction.flags
      .map((f) => `${f.name}=${f.value ?? ''}`)
      .sort()
      .join(' ');
  for (const source of stays.sources) {
    const place =
      stays.into && !source.folder ? joinPath(stays.destination, baseName(source.path)) : stays.destination;
    for (const copy of moved) {
      if (source.folder ? overlap(place, copy.destination) : false)
        return 'another COPY of a folder stands between';
      const other = source.folder ? undefined : broughtFrom(copy, place, context);
      if (other !== undefined && (other !== source.path || flags(copy) !== flags(stays)))
        return `${source.path} is copied twice`;
    }
  }
  return undefined;
}

/** The moved copies must not bring what the install makes. */
function checkOutputs(
  found: InstallStep,
  moved: readonly LocalCopy[],
  context: CopyContext,
  out: Obstacles,
): void {
  for (const output of found.installs.flatMap(({ closure }) => closure.outputs)) {
    for (const path of moved.flatMap((copy) => wouldBringFrom(copy, output))) {
      const ignored =
        context.isIgnored(path) || (context.isIgnored(`${path}/a`) && context.isIgnored(`${path}/.a`));
      if (ignored) continue;
      if (context.exists(path))
        out.blocked.push(
          `${path} of the context would overwrite what was installed: put it into the ignore file first`,
        );
      else
        out.doubts.push(
          `${path} is not in the ignore file: once it exists, the copy overwrites what was installed`,
        );
    }
  }
}

function obstaclesOf(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
  moved: readonly LocalCopy[],
): Obstacles {
  const out: Obstacles = { blocked: [], doubts: [] };
  for (const { closure } of found.installs) {
    out.blocked.push(...closure.open);
    out.doubts.push(...closure.doubts);
  }
  const installs = found.commands.filter((c) => installOf(c) !== undefined);
  if (installs.length !== found.installs.length)
    out.blocked.push('another install in the same RUN reads files that are not known');
  const other = found.commands.find((c) => installOf(c) === undefined && !isNeutral(c));
  if (other !== undefined) out.blocked.push(`"${wordsOf(other)}" in the same RUN may read the source`);
  // A fixed path would be wrong for another value of the argument, or another context.
  if (moved.some((c) => c.instruction.sources.some((w) => w.raw.includes('$')))) {
    out.blocked.push('the source is named by a variable');
  }
  const contexts = new Set(rule.builds.filter((b) => !b.remote).map((b) => b.context));
  if (contexts.size > 1) out.blocked.push('this Dockerfile is built with several contexts');
  if (touchesCopied(found, moved)) out.blocked.push('the same RUN changes files of the source');
  if (moved.some((c) => c.destination === '/'))
    out.blocked.push('the source is copied over the root of the image');
  const first = moved[0];
  for (const step of found.node.steps) {
    const at = step.instruction.span.start;
    if (first === undefined || at <= first.instruction.span.start || at >= found.step.instruction.span.start)
      continue;
    if (moved.some((c) => c.step === step)) continue;
    const reason = crossingReason(rule, found, moved, step, context);
    if (reason !== undefined) out.blocked.push(reason);
    else if (step.instruction.kind === 'RUN') out.doubts.push('a RUN between them moves along');
  }
  checkOutputs(found, moved, context, out);
  return out;
}

/** Whether another command of the install's RUN names a path inside what is copied after it then. */
function touchesCopied(found: InstallStep, moved: readonly LocalCopy[]): boolean {
  return found.commands.some(
    (c) =>
      installOf(c) === undefined &&
      c.words[0]?.value !== 'cd' &&
      c.words.some(
        (w) => w.value.startsWith('/') && moved.some((m) => isInside(m.destination, joinPath('/', w.value))),
      ),
  );
}

/** COPY lines for the files that only the moved copies bring; undefined where they can't be written. */
function manifestLines(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
  moved: readonly LocalCopy[],
): { readonly lines: string[]; readonly names: string[] } | undefined {
  const staying = found.copies.filter((c) => !moved.includes(c));
  const groups = new Map<string, { copy: LocalCopy; destination: string; sources: string[] }>();
  const names: string[] = [];
  for (const file of new Set(found.installs.flatMap(({ closure }) => closure.files))) {
    const source = found.image.sourceOf(file);
    if (source?.copy === undefined || !moved.includes(source.copy)) continue;
    if (staying.some((c) => broughtFrom(c, file, context) === source.path)) continue;
    const destination = destinationText(source.copy, dirName(file));
    if (destination === undefined || baseName(source.path) !== baseName(file)) return undefined;
    const key = `${found.copies.indexOf(source.copy)} ${destination}`;
    const group = groups.get(key) ?? { copy: source.copy, destination, sources: [] };
    groups.set(key, group);
    group.sources.push(source.path);
    names.push(source.path);
  }
  const lines: string[] = [];
  for (const { copy, destination, sources } of groups.values()) {
    const line = copyLine(rule.dockerfile, copy.instruction, sources, destination, copy.instruction.json);
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return { lines, names };
}

/** How a copy's author would write `folder`, which lies inside the copy's destination; undefined for quotes around variables. */
function destinationText(copy: LocalCopy, folder: string): string | undefined {
  const word = copy.instruction.destination;
  if (word === undefined) return undefined;
  const quoted = /["'\\]/.test(word.raw);
  if (quoted && word.raw.includes('$')) return undefined;
  const base = (quoted ? word.value : word.raw).replace(/(\/\.?)+$/, '') || '.';
  const rest = relativePath(copy.destination, folder);
  if (rest.startsWith('..')) return undefined;
  return rest === '.' ? `${base}/` : `${base}/${rest}/`;
}

function listed(names: readonly string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function wordsOf(command: StepCommand): string {
  const text = command.words.map((w) => w.value).join(' ');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function fixOf(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
  broad: readonly LocalCopy[],
): { fix: Fix } | { reason: string } {
  const obstacles = obstaclesOf(rule, context, found, broad);
  const [reason] = obstacles.blocked;
  if (reason !== undefined) return { reason };
  const manifests = manifestLines(rule, context, found, broad);
  if (manifests === undefined)
    return { reason: 'the manifests have names that a COPY line would read differently' };
  const { lines, names } = manifests;
  const proven = obstacles.doubts.length === 0;
  const first =
    names.length > 0
      ? `Copy only ${listed(names.map(baseName))} before the install, the rest after it`
      : 'Copy the source after the install';
  return {
    fix: {
      title: proven ? first : `${first} (${obstacles.doubts[0]})`,
      applicability: proven ? 'safe' : 'unsafe',
      changes: () => [
        {
          kind: 'edit',
          path: rule.path,
          edits: moveAfter(
            rule.dockerfile,
            broad.map((c) => c.instruction),
            found.step.instruction,
            lines,
          ),
        },
      ],
    },
  };
}

function findingOf(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
): RuleFinding | undefined {
  const broad = broadCopies(found, context);
  const first = broad.find((copy) => bringsManifest(found, copy, context)) ?? broad[0];
  const command = found.installs[0]?.install.command;
  if (first === undefined || command === undefined) return undefined;
  const result = fixOf(rule, context, found, broad);
  const at = found.step.instruction.span;
  const what = first.sources.some((s) => s.path === '.')
    ? 'Every source change'
    : `Every change in ${listed(first.sources.map((s) => s.path))}`;
  return {
    at: first.instruction.span,
    message: `${what} re-runs "${wordsOf(command)}".`,
    related: [
      { at, message: 'This step runs again.' },
      ...('reason' in result ? [{ at, message: `No fix is offered: ${result.reason}.` }] : []),
    ],
    fixes: 'fix' in result ? [result.fix] : [],
  };
}

/** A copy of the source ahead of a dependency install makes every source edit reinstall the dependencies. */
export default dockerfileRule(
  {
    id: 'source-before-deps',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'The source is copied before the dependencies are installed, so every edit installs them again.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    for (const node of rule.graph.stages.filter((n) => n.reachable)) {
      for (const step of node.steps) {
        const found = installStepOf(rule, context, node, step);
        const finding = found === undefined ? undefined : findingOf(rule, context, found);
        if (finding !== undefined) yield finding;
      }
    }
  },
);
