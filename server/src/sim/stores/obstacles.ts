import type { Instruction } from '../../syntax/dockerfile/model.js';
import { isInside, joinPath } from '../../text/paths.js';
import { argumentsOf, commandsOf, folderOf, inFolder, programOf, type StepCommand } from '../commands.js';
import { copyTouches, flowsInto } from '../flows.js';
import { stepsInLine } from '../lineage.js';
import type { Step } from '../model.js';
import { wordsOf } from '../obstacles.js';
import { startOf } from '../start.js';
import type { StoreView } from '../stores.js';
import type { Member, StoreGroup } from './group.js';
import type { Store } from './model.js';
import { labelOf } from './tools.js';

function storesOf({ members }: StoreGroup): readonly Store[] {
  const all = members.flatMap(({ stores }) => stores);
  return all.filter((store, i) => all.findIndex((other) => other.path === store.path) === i);
}

/** Whether what lies in a store leaves its stage, is put there by a COPY, or is what a container starts with. */
export function isProduct(view: StoreView, group: StoreGroup): boolean {
  const stores = storesOf(group);
  return (
    isTaken(view, group, stores) ||
    isFilled(view, group, stores) ||
    (stores.some((store) => store.needed) && isStarted(view, group))
  );
}

/** Whether another stage takes it. A folder above counts where the store is what programs read. */
function isTaken({ graph }: StoreView, { stages }: StoreGroup, stores: readonly Store[]): boolean {
  const flows = graph.stages
    .flatMap((into) => flowsInto(graph, into))
    .filter(({ from }) => stages.includes(from));
  const copied = flows.some((flow) =>
    stores.some(
      ({ path, needed }) =>
        copyTouches(flow, path) &&
        (needed || flow.sources.some((source) => source === undefined || isInside(path, source))),
    ),
  );
  const indices = new Set(stages.map(({ stage }) => stage.index));
  const mounted = graph.stages.some(({ needs }) =>
    needs.some(({ stage, how, by }) => how === 'mount' && indices.has(stage) && mountsPart(by, stores)),
  );
  return copied || mounted;
}

/** Whether a RUN mounts a part of a stage that holds a store which is read. */
function mountsPart(by: Instruction, stores: readonly Store[]): boolean {
  if (by.kind !== 'RUN') return true;
  return by.mounts.some(({ from, source }) => {
    if (from === undefined) return false;
    const path = joinPath('/', source ?? '/');
    return stores.some((store) => isInside(store.path, path) || (store.needed && isInside(path, store.path)));
  });
}

/** Whether a COPY puts something into it. */
function isFilled({ graph }: StoreView, { stages }: StoreGroup, stores: readonly Store[]): boolean {
  return stages.some((node) =>
    stepsInLine(graph, node).some((step) => {
      const { instruction } = step;
      if (instruction.kind !== 'COPY' && instruction.kind !== 'ADD') return false;
      const written = instruction.destination && step.expand(instruction.destination.raw);
      const owner = graph.stages[step.stage] ?? node;
      const place = written === undefined ? undefined : inFolder(folderOf(owner, step), written);
      return place !== undefined && stores.some(({ path }) => isInside(path, place));
    }),
  );
}

/** Programs that are the project's own, or run what is whole in itself. */
const WHOLE = /^(?:java|nginx|httpd|apache2ctl|apache2-foreground|caddy|node|python[0-9.]*)$/;

/** Whether a command only downloads, for what comes later. */
function isPrefetch(command: StepCommand): boolean {
  const args = argumentsOf(command).join(' ');
  return /^(?:mod (?:download|verify|tidy)|fetch\b|restore\b)|dependency:|^(?:\S+ )*dependencies\b/.test(
    args,
  );
}

/** Whether a container of these stages may start something that reads the store. */
function isStarted({ graph, shell }: StoreView, { stages, tool, members }: StoreGroup): boolean {
  const builds = members.some(({ uses }) => uses.some(({ command }) => !isPrefetch(command)));
  return stages
    .filter((node) => node.shipped)
    .some((node) => {
      const start = startOf(graph, node, shell);
      // A stage that builds and names no start is one of tools, not a shell with sources mounted into it.
      if (start === 'none') return !builds;
      if (start === 'unknown' || tool === 'dotnet') return true;
      return start.some((command) => {
        const word = command.words[0]?.value ?? '';
        const own = word.includes('/') && !/\.(?:sh|bash|py|rb)$/.test(word);
        return !WHOLE.test(programOf(command)) && !own;
      });
    });
}

/** Programs whose words name a store without harm. */
const HARMLESS = /^(?:rm|rmdir|mkdir|echo|export|go|npm|yarn|pnpm|composer|pip[0-9.]*)$/;

/** Whether a text names a folder, by `~` too. */
function names(text: string, path: string): boolean {
  const below = /^\/(?:root|home\/[^/]+)(\/.+)$/.exec(path)?.[1];
  return (
    text.includes(path) ||
    (below !== undefined && ['~', '$HOME', '${HOME}'].some((home) => text.includes(`${home}${below}`)))
  );
}

/** Whether a command of another kind names a store, or writes into it: what it does with it nobody knows. */
function isNamed(
  { graph, shell }: StoreView,
  { stages, members }: StoreGroup,
  stores: readonly Store[],
): boolean {
  const own = new Set(members.flatMap(({ uses }) => uses.map(({ command }) => command)));
  const isOne = (text: string): boolean => stores.some(({ path }) => names(text, path));
  const steps = new Set(stages.flatMap((node) => stepsInLine(graph, node)));
  return [...steps].some((step) =>
    (commandsIn({ graph, shell }, step) ?? []).some((command) => {
      if (command.redirects.some(({ target }) => target !== undefined && isOne(target.value))) return true;
      if (own.has(command) || HARMLESS.test(programOf(command))) return false;
      return command.words.some(({ value }) => isOne(value));
    }),
  );
}

function commandsIn(
  { graph, shell }: Pick<StoreView, 'graph' | 'shell'>,
  step: Step,
): readonly StepCommand[] | undefined {
  const node = graph.stages[step.stage];
  return node && commandsOf(node, step, shell);
}

/** What a step puts into a store for a later one, which nobody could download. */
function ownProduct({ members }: StoreGroup): StepCommand | undefined {
  if (members.length < 2) return undefined;
  return members
    .flatMap(({ uses }) => uses)
    .find(
      ({ tool, command }) =>
        tool === 'maven' && argumentsOf(command).some((a) => /^install$|:install(?:-file)?$/.test(a)),
    )?.command;
}

/** Whether all apt needs comes out of the same RUN: lists of an earlier one may be gone when it runs again. */
function readsOlderLists({ step, uses }: Member): boolean {
  const install = uses.find(({ downloads }) => downloads);
  if (install === undefined) return false;
  const before = step.commands.slice(0, step.commands.indexOf(install.command));
  return !before.some(
    (command) =>
      (/^apt(?:-get)?$/.test(programOf(command)) && command.words.some((w) => w.value === 'update')) ||
      (/^(?:ba)?sh$/.test(programOf(command)) && command.joined === '|'),
  );
}

/** Why no mount can be written for a group though it would pay; undefined where it can. */
export function obstacleTo(view: StoreView, group: StoreGroup): string | undefined {
  const { members, tool } = group;
  const label = labelOf(tool);
  if (group.unread.length > 0) return 'a later RUN that may need the packages can’t be read';
  for (const member of members) {
    const { user, run } = member.step;
    if (run.flags.some(({ name, value }) => name === 'network' && value === 'none'))
      return 'a step has no network and relies on what lies in the image';
    if (tool === 'apt' || tool === 'apk') {
      if (user?.root === false) return `${label} runs as the user ${user.name}, or by sudo`;
      if (tool === 'apt' && readsOlderLists(member))
        return 'a step installs by package lists of an earlier one';
      continue;
    }
    if (user === undefined) return 'only the base image knows the user';
    if (user.root) continue;
    if (user.uid === undefined) return `only the image knows the number of the user ${user.name}`;
    if (member.stores.some((store) => store.rootOnly === true))
      return `${label} writes beside its store, where the user ${user.name} could not`;
  }
  const offline = members
    .flatMap(({ uses }) => uses)
    .find((use) => use.offline !== undefined && !(tool === 'dotnet' && use.offline.value === '--no-restore'));
  if (offline?.offline !== undefined)
    return `${offline.offline.value} relies on packages that a cache need not hold`;
  const product = ownProduct(group);
  if (product !== undefined)
    return `what "${wordsOf(product)}" puts there for a later step could not be downloaded again`;
  if (isNamed(view, group, storesOf(group))) return 'another command names the folder';
  return undefined;
}
