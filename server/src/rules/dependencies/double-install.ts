import { contextView } from '../../project/context.js';
import { imageFiles } from '../../sim/closures.js';
import { commandsOf } from '../../sim/commands.js';
import { type CopyContext, localCopyOf } from '../../sim/copies.js';
import { type Install, installOf, mayInstall } from '../../sim/installs.js';
import { lineOf } from '../../sim/lineage.js';
import type { StageNode, Step } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { isInside, joinPath } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule } from '../rule.js';

/** An install with the step that runs it. */
interface Done {
  readonly install: Install;
  readonly node: StageNode;
  readonly step: Step;
}

/** The project installs of a stage and of the stages it is FROM, the earliest first. */
function installsOf(rule: DockerfileContext, node: StageNode): Done[] {
  return lineOf(rule.graph, node)
    .toReversed()
    .flatMap((holder) =>
      holder.steps.flatMap((step) => {
        if (step.instruction.kind !== 'RUN' || !mayInstall(step.instruction)) return [];
        return (commandsOf(holder, step, rule.shell) ?? []).flatMap((command) => {
          const install = installOf(command);
          // What stands in a branch runs or does not.
          return install === undefined ||
            install.unsure ||
            command.inside.length > 0 ||
            command.joined === '||'
            ? []
            : [{ install, node: holder, step }];
        });
      }),
    );
}

/** Files that decide what npm installs. */
const DECIDING = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];

/** Where in the context each file of `install` comes from at `step`: equal for two steps that read the same. */
function sourcesAt(rule: DockerfileContext, context: CopyContext, { install, node, step }: Done): string {
  const { start } = step.instruction.span;
  const copies = lineOf(rule.graph, node)
    .toReversed()
    .flatMap((holder) =>
      holder.steps.flatMap((s) => localCopyOf(holder, s, context, rule.dockerfile.escape) ?? []),
    )
    .filter((copy) => copy.instruction.span.start < start);
  const files = imageFiles(node, step, copies, context);
  const names = [...DECIDING.map((name) => joinPath(install.folder, name)), ...install.files];
  return names.map((name) => files.sourceOf(name)?.path ?? '').join('\n');
}

/** A command that may change what an install reads, or take away what it made. */
const CHANGES =
  /package(-lock)?\.json|npm-shrinkwrap|node_modules|requirements|\bjq\b|\bnpm (pkg|version|uninstall|link|(install|i|add) [^-])/;

/** Whether something between two installs may change what the later one reads, or take away what the first one made. */
function mayDiffer(rule: DockerfileContext, first: Done, later: Done): boolean {
  const from = first.step.instruction.span.start;
  const to = later.step.instruction.span.start;
  return lineOf(rule.graph, later.node).some((holder) =>
    holder.steps.some((step) => {
      const { instruction } = step;
      if (instruction.span.start < from || instruction.span.start > to) return false;
      if (instruction.kind === 'COPY' && instruction.from !== undefined) {
        const place = instruction.destination?.value ?? '';
        return (
          !place.startsWith('/') ||
          isInside(place, later.install.folder) ||
          isInside(later.install.folder, place)
        );
      }
      if (instruction.kind !== 'RUN') return false;
      const commands = commandsOf(holder, step, rule.shell);
      const after = step === first.step ? first.install.command.span.end : -1;
      const before = step === later.step ? later.install.command.span.start : Number.POSITIVE_INFINITY;
      return (
        commands === undefined ||
        commands.some(
          ({ span, words }) =>
            span.start >= after &&
            span.end <= before &&
            CHANGES.test(words.map(({ value }) => value).join(' ')),
        )
      );
    }),
  );
}

/**
 * Why `later` repeats what `first` did; undefined where it adds something or may. npm ci takes node_modules away and
 * installs everything anew, whatever is there (npm 11: lib/commands/ci.js).
 */
function repetition(first: Install, later: Install): string | undefined {
  if (later.what === 'npm-ci') {
    const prunes = later.flags.some((flag) => /^--(omit=dev|production|only=prod(uction)?)$/.test(flag));
    return prunes
      ? '"npm ci" deletes node_modules and installs it anew; "npm prune --omit=dev" only takes the development dependencies out.'
      : '"npm ci" deletes node_modules and installs everything again.';
  }
  const same = first.what === later.what && first.flags.join(' ') === later.flags.join(' ');
  return same &&
    (later.what === 'npm-install' || later.what === 'requirements' || later.what === 'uv-requirements')
    ? 'Nothing it reads has changed since.'
    : undefined;
}

/** The dependencies of one project are installed twice, one on top of the other. */
export default dockerfileRule(
  {
    id: 'double-install',
    severity: 'information',
    profile: 'default',
    since: '0.1.0',
    fixes: 'never',
    summary: 'The same dependencies are installed twice, one install on top of the other.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    for (const node of rule.graph.stages.filter(({ reachable }) => reachable)) {
      const done = installsOf(rule, node);
      for (const [at, later] of done.entries()) {
        if (later.node !== node) continue;
        const first = done
          .slice(0, at)
          .findLast(
            ({ install }) =>
              install.manager === later.install.manager &&
              install.folder === later.install.folder &&
              [...install.files].sort().join('\n') === [...later.install.files].sort().join('\n'),
          );
        const why = first && repetition(first.install, later.install);
        if (first === undefined || why === undefined || mayDiffer(rule, first, later)) continue;
        if (sourcesAt(rule, context, first) !== sourcesAt(rule, context, later)) continue;
        yield {
          at: later.install.command.span,
          message: `"${wordsOf(later.install.command)}" installs again what "${wordsOf(first.install.command)}" has installed. ${why}`,
          related: [{ at: first.install.command.span, message: 'Installed here first.' }],
          pays: [later.step],
        };
      }
    }
  },
);
