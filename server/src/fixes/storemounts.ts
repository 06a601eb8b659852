import { stepsInLine } from '../sim/lineage.js';
import type { Step } from '../sim/model.js';
import { cleaningsOf } from '../sim/stores/cleaning.js';
import type { Member, StoreGroup } from '../sim/stores/group.js';
import type { Hindrance, Store, StoreUse } from '../sim/stores/model.js';
import { hasDockerCleanLeft, isLinked } from '../sim/stores/settings.js';
import type { StoreStep, StoreView } from '../sim/stores.js';
import type { Dockerfile, EnvInstruction } from '../syntax/dockerfile/model.js';
import type { ShellCommand } from '../syntax/shell/model.js';
import type { TextEdit } from '../text/edit.js';
import { insertBefore } from './dockerfile.js';
import { insertFlags, withoutVariable } from './mounts.js';
import { withoutCommands, withoutWords } from './shell.js';

/** What a fix writes, or why none can be written. */
export type Edits = { readonly edits: readonly TextEdit[] } | { readonly reason: string };

/** The lines that make apt keep what it downloads (Dockerfile reference, "RUN --mount=type=cache"). */
const KEEP_PACKAGES =
  'RUN rm -f /etc/apt/apt.conf.d/docker-clean && echo \'Binary::apt::APT::Keep-Downloaded-Packages "true";\' > /etc/apt/apt.conf.d/keep-cache';
/** The link by which apk keeps what it downloads. */
const LINK_CACHE = 'RUN ln -sfn /var/cache/apk /etc/apk/cache';

/** A flag that mounts a store for the user of a step. */
export function mountFlag(store: Store, { user }: StoreStep): string {
  const owner =
    user === undefined || user.root || user.uid === undefined
      ? ''
      : `,uid=${user.uid}${user.gid === undefined ? '' : `,gid=${user.gid}`}`;
  return `--mount=type=cache,target=${store.path}${store.locked ? ',sharing=locked' : ''}${owner}`;
}

/** The ENV lines that set `name` for a step. */
function settersOf({ graph }: StoreView, { node, step }: StoreStep, name: string): readonly EnvInstruction[] {
  return stepsInLine(graph, node).flatMap(({ instruction }: Step) =>
    instruction.kind === 'ENV' &&
    instruction.span.start < step.instruction.span.start &&
    instruction.pairs.some((pair) => pair.name === name)
      ? [instruction]
      : [],
  );
}

/** Edits without which a command would store nothing; undefined where they can't be made. */
export function unhinder(
  view: StoreView,
  step: StoreStep,
  use: StoreUse,
  hindrances: readonly Hindrance[] = use.hindrances,
): readonly TextEdit[] | undefined {
  const words = hindrances.flatMap((one) => (one.kind === 'word' ? [one] : []));
  // Elements of a JSON array have commas between them.
  if (words.length > 0 && use.command.exec) return undefined;
  const edits = withoutWords(view.dockerfile.text, use.command, words);
  if (edits === undefined) return undefined;
  const all = [...edits];
  for (const one of hindrances) {
    if (one.kind === 'word') continue;
    const setters = settersOf(view, step, one.name);
    if (setters.length === 0) return undefined;
    for (const env of setters) all.push(...withoutVariable(view.dockerfile, env, one.name));
  }
  return all;
}

/** Edits that take clean-ups out of a RUN; undefined where they can't be made. */
export function withoutCleanings(
  { text }: Dockerfile,
  step: StoreStep,
  uses: readonly StoreUse[],
): readonly TextEdit[] | undefined {
  const gone = new Set<ShellCommand>();
  const edits: TextEdit[] = [];
  const seen = new Set<ShellCommand>();
  for (const use of uses) {
    for (const { command, words, wide } of cleaningsOf(step, use, step.user?.home)) {
      if (seen.has(command)) continue;
      seen.add(command);
      if (wide || command.exec) return undefined;
      const operands = command.words.slice(1).filter((word) => !word.value.startsWith('-'));
      if (words === undefined || words.length === operands.length) {
        gone.add(command);
        continue;
      }
      const shorter = withoutWords(
        text,
        command,
        words.map((word) => ({ word })),
      );
      if (shorter === undefined) return undefined;
      edits.push(...shorter);
    }
  }
  if (gone.size === 0) return edits;
  const removed = withoutCommands(text, step.commands, gone);
  return removed === undefined ? undefined : [...edits, ...removed];
}

function memberEdits(view: StoreView, { step, uses, stores }: Member): Edits {
  const cleaned = withoutCleanings(view.dockerfile, step, uses);
  if (cleaned === undefined) return { reason: 'it is cleaned up in a way that can’t be taken out' };
  const edits = [...cleaned];
  edits.push(
    insertFlags(
      view.dockerfile,
      step.run,
      stores.map((store) => mountFlag(store, step)),
    ),
  );
  for (const use of uses) {
    const more = unhinder(view, step, use);
    if (more === undefined) return { reason: 'what keeps it from storing can’t be taken out' };
    edits.push(...more);
    if (use.tool === 'dotnet' && use.offline !== undefined) {
      const words = withoutWords(view.dockerfile.text, use.command, [{ word: use.offline }]);
      if (words === undefined || use.command.exec)
        return { reason: `${use.offline.value} can’t be taken out` };
      edits.push(...words);
    }
  }
  return { edits };
}

/** Lines that go before the first RUN: settings without which the tool would not keep what it downloads. */
function settingLines(view: StoreView, { tool, members }: StoreGroup): readonly string[] {
  const [first] = members;
  if (first === undefined) return [];
  const lines = new Map<string, true>();
  for (const { uses } of members) {
    for (const { needs = {} } of uses)
      for (const [name, value] of Object.entries(needs)) lines.set(`ENV ${name}=${value}`, true);
  }
  if (tool === 'apt' && hasDockerCleanLeft(view, first.step)) lines.set(KEEP_PACKAGES, true);
  if (tool === 'apk' && !isLinked(view, first.step)) lines.set(LINK_CACHE, true);
  return [...lines.keys()];
}

/** Edits that give every RUN of a group its mounts, with all that makes them work. */
export function mountEdits(view: StoreView, group: StoreGroup): Edits {
  const all: TextEdit[] = [];
  const [first] = group.members;
  for (const member of group.members) {
    const made = memberEdits(view, member);
    if ('reason' in made) return made;
    all.push(...made.edits);
  }
  const lines = settingLines(view, group);
  if (first !== undefined && lines.length > 0) all.push(insertBefore(view.dockerfile, first.step.run, lines));
  // One ENV may serve several RUNs.
  return { edits: all.filter((edit, i) => all.findIndex((other) => sameEdit(edit, other)) === i) };
}

/** The line that makes apt keep its packages, before a RUN. */
export function keepPackages(dockerfile: Dockerfile, step: StoreStep): TextEdit {
  return insertBefore(dockerfile, step.run, [KEEP_PACKAGES]);
}

/** Whether two edits are one and the same. */
export function sameEdit(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.newText === b.newText;
}
