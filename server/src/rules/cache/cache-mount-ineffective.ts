import { setMountOptions } from '../../fixes/mounts.js';
import { keepPackages, unhinder, withoutCleanings } from '../../fixes/storemounts.js';
import { contextView } from '../../project/context.js';
import { lineOf } from '../../sim/lineage.js';
import { wordsOf } from '../../sim/obstacles.js';
import {
  type Astray,
  astrayIn,
  type CacheMount,
  emptiedIn,
  hinderedIn,
  isForeign,
  type Served,
  servedBy,
} from '../../sim/stores/faults.js';
import { type Lost, lostCopies } from '../../sim/stores/lost.js';
import type { Hindrance } from '../../sim/stores/model.js';
import { hasDockerCleanSurely } from '../../sim/stores/settings.js';
import { labelOf } from '../../sim/stores/tools.js';
import { type StoreStep, type StoreView, storeStepOf } from '../../sim/stores.js';
import type { TextEdit } from '../../text/edit.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

function fixWith(
  { path }: DockerfileContext,
  title: string,
  edits: readonly TextEdit[] | undefined,
): readonly Fix[] {
  if (edits === undefined || edits.length === 0) return [];
  return [{ title, applicability: 'unsafe', changes: () => [{ kind: 'edit', path, edits }] }];
}

/** Owner options for the user of a step; undefined where only the image knows its number. */
function ownerOf({ user }: StoreStep): Readonly<Record<string, string>> | undefined {
  if (user === undefined || user.root) return {};
  if (user.uid === undefined) return undefined;
  return { uid: String(user.uid), ...(user.gid === undefined ? {} : { gid: String(user.gid) }) };
}

function astray(rule: DockerfileContext, step: StoreStep, { use, at, instead }: Astray): RuleFinding {
  const label = labelOf(use.tool);
  const places = (use.stores ?? []).map(({ path }) => path).join(' and ');
  const owner = ownerOf(step);
  const fits =
    instead !== undefined && owner !== undefined && (step.user?.root === true || instead.rootOnly !== true);
  return {
    at: at.mount.flag.span,
    message: `The cache at ${at.target} is never used: ${label} keeps its downloads in ${instead?.path ?? places} here.`,
    fixes: fits
      ? fixWith(
          rule,
          `Mount ${instead.path} instead`,
          setMountOptions(at.mount, { target: instead.path, ...owner }),
        )
      : [],
  };
}

function foreign(rule: DockerfileContext, step: StoreStep, { use, at }: Served): RuleFinding {
  const owner = ownerOf(step);
  const given = at.mount.options.find(({ key }) => key === 'uid')?.value;
  return {
    at: at.mount.flag.span,
    message: `The cache at ${at.target} belongs to ${given === undefined ? 'root' : `the user ${given}`}, and ${labelOf(use.tool)} runs as ${step.user?.name ?? 'another user'} here: it can't write there.`,
    fixes:
      owner === undefined
        ? []
        : fixWith(
            rule,
            `Give the cache to ${step.user?.name ?? 'the user'}`,
            setMountOptions(at.mount, owner),
          ),
  };
}

/** One of a list for each mount: several commands of a RUN may use one. */
function eachMount(served: readonly Served[]): readonly Served[] {
  return served.filter((one, i) => served.findIndex((other) => other.at.mount === one.at.mount) === i);
}

function* inStep(rule: DockerfileContext, view: StoreView, step: StoreStep): Generator<RuleFinding> {
  for (const one of astrayIn(step)) yield astray(rule, step, one);
  const served = servedBy(step);
  const system = (one: Served): boolean => one.use.tool === 'apt' || one.use.tool === 'apk';
  for (const one of eachMount(served))
    if (!system(one) && isForeign(step, one.at)) yield foreign(rule, step, one);
  yield* unlocked(rule, served);
  const commands = new Set<unknown>();
  for (const { served: one, cleaning } of emptiedIn(step, served)) {
    if (commands.has(cleaning.command)) continue;
    commands.add(cleaning.command);
    yield {
      at: cleaning.command.span,
      message: `"${wordsOf(cleaning.command)}" throws away what the cache mount at ${one.at.target} is there to keep.`,
      related: [{ at: one.at.mount.flag.span, message: 'The cache mount.' }],
      fixes: fixWith(
        rule,
        'Leave the clean-up out: nothing in the mount gets into the image',
        withoutCleanings(rule.dockerfile, step, [one.use]),
      ),
    };
  }
  yield* hindered(rule, view, step, served);
}

function* hindered(
  rule: DockerfileContext,
  view: StoreView,
  step: StoreStep,
  served: readonly Served[],
): Generator<RuleFinding> {
  const told = new Set<string>();
  for (const { served: one, hindrances } of hinderedIn(step, served)) {
    const [first] = hindrances;
    if (first === undefined || told.has(one.use.tool)) continue;
    told.add(one.use.tool);
    const alike = step.uses.filter(({ tool }) => tool === one.use.tool);
    const all = [...new Set(alike.flatMap((use) => use.hindrances.map(nameOf)))];
    const what = all.join(' and ');
    const edits = alike.map((use) => unhinder(view, step, use));
    const whole = edits.every((list) => list !== undefined) ? edits.flatMap((list) => list ?? []) : undefined;
    yield {
      at: first.kind === 'word' ? first.word.span : one.at.mount.flag.span,
      message: `"${what}" ${all.length > 1 ? 'keep' : 'keeps'} ${labelOf(one.use.tool)} from using the cache mount at ${one.at.target}.`,
      related: [{ at: one.at.mount.flag.span, message: 'The cache mount.' }],
      fixes: fixWith(rule, `Leave ${what} out`, whole?.filter(isFirst)),
    };
  }
}

function nameOf(one: Hindrance): string {
  return one.kind === 'word' ? one.word.value : one.name;
}

/** Several commands may be kept from it by one variable. */
function isFirst(edit: TextEdit, at: number, all: readonly TextEdit[]): boolean {
  return all.findIndex(({ span }) => span.start === edit.span.start && span.end === edit.span.end) === at;
}

/** Mounts of apt that two builds may have at once. */
function* unlocked(rule: DockerfileContext, served: readonly Served[]): Generator<RuleFinding> {
  const open = eachMount(served).filter(
    ({ use, at: { mount } }) =>
      use.tool === 'apt' && mount.sharing !== 'locked' && mount.sharing !== 'private',
  );
  const [first, ...others] = open;
  if (first === undefined) return;
  yield {
    at: first.at.mount.flag.span,
    message: 'While another build has this cache, apt fails: without sharing=locked it does not wait.',
    related: others.map(({ at }) => ({ at: at.mount.flag.span, message: 'This one too.' })),
    fixes: fixWith(
      rule,
      'Add sharing=locked',
      open.flatMap(({ at }) => setMountOptions(at.mount, { sharing: 'locked' })),
    ),
  };
}

function packagesMount(served: readonly Served[]): CacheMount | undefined {
  return served.find(
    ({ use, store }) => use.tool === 'apt' && use.downloads && store.path === '/var/cache/apt',
  )?.at;
}

function dockerClean(rule: DockerfileContext, step: StoreStep, { mount, target }: CacheMount): RuleFinding {
  return {
    at: mount.flag.span,
    message: `Nothing stays in ${target}: the image's /etc/apt/apt.conf.d/docker-clean makes apt throw its packages away.`,
    fixes:
      step.user?.root === true
        ? fixWith(rule, 'Let apt keep its packages', [keepPackages(rule.dockerfile, step)])
        : [],
  };
}

function lost({ at, flow, source }: Lost): RuleFinding {
  return {
    at: at.mount.flag.span,
    message: `What this step makes in ${at.target} stays in the cache and is in no layer, so the copy of ${source} finds nothing and the build fails. Copy it out of ${at.target} in the same step.`,
    related: [{ at: flow.by.span, message: 'This copy fails.' }],
  };
}

/** A cache mount that keeps nothing, or keeps what the image needs. */
export default dockerfileRule(
  {
    id: 'cache-mount-ineffective',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A cache mount does not do what it is there for.',
  },
  function* (rule) {
    const { dockerfile, graph, shell, snapshot, build } = rule;
    const hasMounts = dockerfile.instructions.some(
      (one) => one.kind === 'RUN' && one.mounts.some(({ type }) => type === 'cache'),
    );
    if (!hasMounts) return;
    const view: StoreView = { dockerfile, graph, shell, context: contextView(snapshot, build) };
    const cleanTold: number[] = [];
    for (const node of graph.stages.filter(({ reachable }) => reachable)) {
      const line = lineOf(graph, node).map(({ stage }) => stage.index);
      for (const step of node.steps) {
        const found = storeStepOf(view, node, step);
        if (found === undefined || !found.run.mounts.some(({ type }) => type === 'cache')) continue;
        yield* inStep(rule, view, found);
        const packages = packagesMount(servedBy(found));
        const isTold = cleanTold.some((index) => line.includes(index));
        if (packages === undefined || isTold || !hasDockerCleanSurely(view, found)) continue;
        cleanTold.push(node.stage.index);
        yield dockerClean(rule, found, packages);
      }
    }
    for (const one of lostCopies(view)) yield lost(one);
  },
);
