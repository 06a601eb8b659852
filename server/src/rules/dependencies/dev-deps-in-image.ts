import { contextView } from '../../project/context.js';
import { type DevInstall, devInstalls } from '../../sim/devinstalls.js';
import { type DevSpread, devSpread, type SpreadView } from '../../sim/devspread.js';
import { wordsOf } from '../../sim/obstacles.js';
import { isForDevelopment } from '../../sim/purpose.js';
import { flagFixes, joinedFixes, pruneFixes, stageFixes, syncFixes } from '../devremedies.js';
import { filesView } from '../files.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

function messageOf({ part, install }: DevInstall, { builder, joined }: DevSpread): string {
  const count = part.names.size;
  const [what, them] = count === 1 ? ['dependency', 'it'] : ['dependencies', 'them'];
  const command = `"${wordsOf(install.command)}"`;
  return builder === undefined && joined === undefined
    ? `${command} puts ${count} development ${what} into the image, and nothing after it uses ${them}.`
    : `${command} installs ${count} development ${what} for the build, and the image gets ${them} too, where nothing uses ${them}.`;
}

function fixesOf(
  rule: DockerfileContext,
  view: SpreadView,
  found: DevInstall,
  spread: DevSpread,
): readonly Fix[] {
  const { builder, joined } = spread;
  if (joined !== undefined) return joinedFixes(rule, found, spread, joined);
  if (builder === undefined) return flagFixes(rule, spread);
  const synced = syncFixes(rule, view, spread, builder);
  if (synced.length > 0) return synced;
  return [
    ...pruneFixes(rule, view, found, spread, builder),
    ...stageFixes(rule, view, found, spread, builder),
  ];
}

function findingOf(
  rule: DockerfileContext,
  view: SpreadView,
  found: DevInstall,
  spread: DevSpread,
): RuleFinding {
  const { part, install } = found;
  const carriers = spread.places.flatMap((p) =>
    p.node.shipped && p.by !== undefined && p.by !== found.step ? [p.by] : [],
  );
  const { builder, joined } = spread;
  const obstacle = builder === undefined && joined === undefined ? part.obstacle : undefined;
  return {
    at: install.command.span,
    message: messageOf(found, spread),
    related: [
      ...carriers.map((step) => ({
        at: step.instruction.span,
        message: `This brings ${part.folder} into the image.`,
      })),
      ...spread.keepers.map((k) => ({
        at: k.install.command.span,
        message: 'This leaves them out, but takes out nothing that is there.',
      })),
      ...(obstacle === undefined
        ? []
        : [{ at: install.command.span, message: `No fix is offered: ${obstacle}.` }]),
    ],
    fixes: fixesOf(rule, view, found, spread),
  };
}

/** Whether the RUN itself decides if this install runs: an image for development may be what the other branch is not for. */
function isChosen({ install: { command } }: DevInstall): boolean {
  return command.inside.includes('if') || command.inside.includes('case');
}

/** Development dependencies are installed into an image that never uses them. */
export default dockerfileRule(
  {
    id: 'dev-deps-in-image',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'Development dependencies reach the image although nothing there uses them.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    if (context === undefined) return;
    const files = filesView(rule, context);
    const installs = devInstalls(files, rule.shell);
    const all = installs.filter((i) => typeof i.part.choice === 'string');
    const leaving = installs.filter((i) => typeof i.part.choice !== 'string');
    const view: SpreadView = { files, shell: rule.shell, leaving };
    if (all.length === 0 || isForDevelopment(rule.snapshot, rule.builds, rule.graph)) return;
    for (const found of all) {
      if (isChosen(found)) continue;
      const spread = devSpread(view, found, all);
      // Without a way to take them out in the same RUN there is nothing to say but what build-tools-in-image says.
      if (spread?.joined !== undefined && found.part.prune === undefined) continue;
      if (spread !== undefined) yield findingOf(rule, view, found, spread);
    }
  },
);
