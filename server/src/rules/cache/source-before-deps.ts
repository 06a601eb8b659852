import { copyLine, moveAfter } from '../../fixes/dockerfile.js';
import { destinationText, listed } from '../../fixes/narrowcopy.js';
import { contextView } from '../../project/context.js';
import { broughtFrom, type CopyContext, type LocalCopy } from '../../sim/copies.js';
import { bringsManifest, broadCopies, type InstallStep, installStepOf } from '../../sim/installstep.js';
import { obstaclesOf, wordsOf } from '../../sim/obstacles.js';
import { baseName, dirName } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

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
      form: 'copy',
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
    pays: [found.step],
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
