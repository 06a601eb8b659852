import { addBindMounts, usesBindMounts } from '../../fixes/bindmounts.js';
import { cutRun } from '../../fixes/cutrun.js';
import { editedText, insertBefore, insertWordAfter, moveAfter, moveBefore } from '../../fixes/dockerfile.js';
import { inputOf } from '../../fixes/ignorefile/input.js';
import { type KeptOut, keepInstalledOut } from '../../fixes/ignorefile/installed.js';
import { type Manifest, manifestLines } from '../../fixes/manifests.js';
import { listed } from '../../fixes/narrowcopy.js';
import { prefetchLines } from '../../fixes/prefetch.js';
import { type FixForm, isProven } from '../../fixes/proven.js';
import { contextView } from '../../project/context.js';
import { aheadStepOf } from '../../sim/aheadstep.js';
import { type BuildStep, buildStepOf } from '../../sim/buildstep.js';
import { folderOf } from '../../sim/commands.js';
import { bringsWhole, broughtFrom, type CopyContext, type LocalCopy } from '../../sim/copies.js';
import { fetchObstacles } from '../../sim/fetchobstacles.js';
import {
  bringsManifest,
  broadCopies,
  type DependencyStep,
  type InstallStep,
  installStepOf,
  neededBy,
} from '../../sim/installstep.js';
import { writesManifests } from '../../sim/manifestwrites.js';
import { type Obstacles, obstaclesOf, withoutLines, wordsOf } from '../../sim/obstacles.js';
import { partedStepOf } from '../../sim/partedstep.js';
import type { TextEdit } from '../../text/edit.js';
import { baseName, isInside } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

/** A fix, or why there is none. */
type Offer = { readonly fix: Fix } | { readonly reason: string };

const COMPILES = 'Compile the dependencies first, with empty files in place of the source';
const UNWRITABLE = 'the manifests have names that a COPY line would read differently';

/** What only the copies of `late` bring of all that the step needs. */
function manifestsOf(
  context: CopyContext,
  found: DependencyStep,
  late: readonly LocalCopy[],
): readonly Manifest[] {
  const folders = new Set(found.closures.flatMap((closure) => closure.folders));
  const staying = found.copies.filter((copy) => !late.includes(copy));
  const manifests = neededBy(found).flatMap((target): Manifest[] => {
    const source = found.image.sourceOf(target);
    if (source?.copy === undefined || !late.includes(source.copy)) return [];
    const { copy, path } = source;
    const folder = folders.has(target);
    const stays = staying.some(
      (c) => broughtFrom(c, target, context) === path && (!folder || bringsWhole(c, path)),
    );
    return stays ? [] : [{ path, target, folder, copy }];
  });
  const whole = manifests.filter(({ folder }) => folder);
  return manifests.filter(
    (one) =>
      one.folder || !whole.some(({ copy, target }) => copy === one.copy && isInside(target, one.target)),
  );
}

function namesOf(manifests: readonly Manifest[]): string {
  const names = [...new Set(manifests.map(({ path }) => baseName(path)))];
  return names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : listed(names);
}

/** A fix of a form, and others that it makes use of, with what is known of its safety. */
function fixOf(
  rule: DockerfileContext,
  found: DependencyStep,
  { doubts }: Obstacles,
  [form, ...others]: readonly [FixForm, ...FixForm[]],
  title: string,
  edits: () => readonly TextEdit[],
  keptOut?: KeptOut,
): Fix {
  const untried = found.closures.some(({ ecosystem }) =>
    [form, ...others].some((one) => !isProven(ecosystem, one)),
  );
  const [doubt] = [...doubts, ...(untried ? ['builds of this kind have not been compared'] : [])];
  const whole =
    keptOut === undefined ? title : `${title}, and keep ${listed(keptOut.names)} out of the context`;
  return {
    title: doubt === undefined ? whole : `${whole} (${doubt})`,
    applicability: doubt === undefined && keptOut === undefined ? 'safe' : 'unsafe',
    form,
    ...(others.length === 0 ? {} : { besides: others }),
    changes: () => [
      { kind: 'edit', path: rule.path, edits: edits() },
      ...(keptOut === undefined ? [] : [keptOut.change()]),
    ],
  };
}

/** Whether lines of the ignore file are all that is missing, and what then holds. */
function keepingOut(
  rule: DockerfileContext,
  found: InstallStep,
  obstacles: Obstacles,
): { readonly obstacles: Obstacles; readonly keptOut?: KeptOut } {
  const { blocked, doubts, exposed } = obstacles;
  const without = { obstacles: withoutLines(obstacles) };
  if (blocked.length > 0 || !exposed.some(({ there }) => there)) return without;
  const keptOut = keepInstalledOut(inputOf(rule), found, exposed);
  if (keptOut === undefined) return without;
  const left = exposed.filter(({ path }) => !keptOut.paths.includes(path));
  return { obstacles: withoutLines({ blocked, doubts, exposed: left }), keptOut };
}

/** Bind mounts, where the file uses them for such things and the install writes nothing into its manifests. */
function mountsFor(
  rule: DockerfileContext,
  found: InstallStep,
  manifests: readonly Manifest[],
): TextEdit | undefined {
  const { instruction } = found.step;
  const written = found.installs.some(({ install }) => writesManifests(install));
  if (instruction.kind !== 'RUN' || written || manifests.length === 0 || !usesBindMounts(rule.dockerfile))
    return undefined;
  return addBindMounts(rule.dockerfile, instruction, folderOf(found.node, found.step), manifests);
}

/** How the manifests come to an install. */
interface Brought {
  readonly form: FixForm;
  readonly mounts: TextEdit | undefined;
  readonly lines: readonly string[];
  /** Their names as people are told them; undefined where there are none to bring. */
  readonly names: string | undefined;
}

function broughtTo(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
  broad: readonly LocalCopy[],
): Brought | undefined {
  const manifests = manifestsOf(context, found, broad);
  const names = manifests.length > 0 ? namesOf(manifests) : undefined;
  const mounts = mountsFor(rule, found, manifests);
  if (mounts !== undefined) return { form: 'bind', mounts, lines: [], names };
  const copies = manifestLines(rule.dockerfile, context, manifests);
  return copies && { form: copies.form, mounts, lines: copies.lines, names };
}

/** The manifests come first, the source goes behind the install. */
function installFix(
  rule: DockerfileContext,
  context: CopyContext,
  found: InstallStep,
  broad: readonly LocalCopy[],
): Offer {
  const { obstacles, keptOut } = keepingOut(rule, found, obstaclesOf(rule, context, found, broad));
  const [reason] = obstacles.blocked;
  if (reason !== undefined)
    return aheadFix(rule, context, found, broad) ?? partedFix(rule, context, found, broad) ?? { reason };
  const brought = broughtTo(rule, context, found, broad);
  if (brought === undefined) return { reason: UNWRITABLE };
  const { form, mounts, lines, names } = brought;
  const title = mounts
    ? `Mount only ${names} for the install, copy the source after it`
    : names !== undefined
      ? `Copy only ${names} before the install, the rest after it`
      : 'Copy the source after the install';
  const moved = broad.map((copy) => copy.instruction);
  const edits = (): readonly TextEdit[] => [
    ...moveAfter(rule.dockerfile, moved, found.step.instruction, lines),
    ...(mounts ? [mounts] : []),
  ];
  return { fix: fixOf(rule, found, obstacles, [form], title, edits, keptOut) };
}

/** The dependencies are installed ahead of the source, the whole install, which needs it, stays behind it. */
function aheadFix(
  rule: DockerfileContext,
  context: CopyContext,
  whole: InstallStep,
  broad: readonly LocalCopy[],
): Offer | undefined {
  const step = aheadStepOf(rule, context, whole);
  if (step === undefined) return undefined;
  const { found, ahead } = step;
  const { instruction } = found.step;
  const { obstacles, keptOut } = keepingOut(rule, found, obstaclesOf(rule, context, found, broad));
  const brought = obstacles.blocked.length > 0 ? undefined : broughtTo(rule, context, found, broad);
  if (brought === undefined) return undefined;
  const { form, mounts, lines, names } = brought;
  const { verb, command } = ahead.install;
  const last = command.words.at(-1) ?? verb;
  const title = `Install the dependencies first${names === undefined ? '' : `, from ${names} alone`}`;
  const edits = (): readonly TextEdit[] => {
    const options = ahead.options.map((option) => insertWordAfter(last, option, command.exec));
    const alone = editedText(rule.dockerfile, instruction, [...(mounts ? [mounts] : []), ...options]);
    const moved = broad.map((copy) => copy.instruction);
    return moveBefore(rule.dockerfile, moved, instruction, lines, alone);
  };
  const fix = fixOf(rule, found, obstacles, ['ahead', form], title, edits, keptOut);
  return { fix: { ...fix, repeats: [instruction.span] } };
}

/** The RUN is cut in two: what installs goes ahead of the source, what needs the source stays behind it. */
function partedFix(
  rule: DockerfileContext,
  context: CopyContext,
  whole: InstallStep,
  broad: readonly LocalCopy[],
): Offer | undefined {
  const parts = partedStepOf(rule, context, whole);
  const { instruction } = whole.step;
  if (parts === undefined || instruction.kind !== 'RUN') return undefined;
  const { found, ahead, late } = parts;
  const { obstacles, keptOut } = keepingOut(rule, found, obstaclesOf(rule, context, found, broad));
  const brought = obstacles.blocked.length > 0 ? undefined : broughtTo(rule, context, found, broad);
  if (brought === undefined) return undefined;
  if (late !== undefined)
    return {
      reason: `what "${wordsOf(late)}" in the same RUN removes or changes would stay in a layer of the image`,
    };
  const { form, mounts, lines, names } = brought;
  const last = ahead?.install.command.words.at(-1);
  const options =
    last === undefined ? [] : (ahead?.options ?? []).map((one) => insertWordAfter(last, one, false));
  const cut = { ...parts, commands: whole.commands };
  const texts = cutRun(rule.dockerfile, instruction, cut, [...(mounts ? [mounts] : []), ...options]);
  if (texts === undefined) return undefined;
  const [first, second] = texts;
  const title = `Install ${ahead ? 'the dependencies ' : ''}in a step of its own${names === undefined ? '' : `, from ${names} alone`}, ahead of the source`;
  const edits = (): readonly TextEdit[] => [
    ...moveAfter(
      rule.dockerfile,
      broad.map((copy) => copy.instruction),
      instruction,
      lines,
      [second],
    ),
    { span: instruction.span, newText: first },
  ];
  const forms = ahead === undefined ? (['split', form] as const) : (['split', 'ahead', form] as const);
  return { fix: fixOf(rule, found, obstacles, forms, title, edits, keptOut) };
}

/** A RUN that only downloads is put before the source. */
function buildFix(
  rule: DockerfileContext,
  context: CopyContext,
  found: BuildStep,
  broad: readonly LocalCopy[],
): Offer {
  const obstacles = fetchObstacles(rule, context, found, broad);
  const [reason] = obstacles.blocked;
  const [first] = broad;
  if (reason !== undefined || first === undefined) return { reason: reason ?? UNWRITABLE };
  // The download stands before all of these.
  const { start } = first.instruction.span;
  const late = found.copies.filter(({ instruction: { span } }) => span.start >= start);
  const manifests = manifestsOf(context, found, late);
  const copies = manifestLines(rule.dockerfile, context, manifests);
  const downloads = prefetchLines(rule.dockerfile, found.node, found, first);
  if (copies === undefined || downloads === undefined) return { reason: UNWRITABLE };
  const ahead = (lines: readonly string[]) => (): readonly TextEdit[] => [
    insertBefore(rule.dockerfile, first.instruction, [...copies.lines, ...lines]),
  ];
  const compiles = surroundedAlike(found, first)
    ? prefetchLines(rule.dockerfile, found.node, found, first, true)
    : undefined;
  // To download alone saves little where compiling takes the time, and would stand in the way of this.
  if (compiles !== undefined) {
    const doubted = { ...obstacles, doubts: ['it fails where a dependency wants files of the project'] };
    return { fix: fixOf(rule, found, doubted, ['compile'], COMPILES, ahead(compiles)) };
  }
  if (keepsDownloads(found)) return { reason: 'what would compile them ahead of the source is not known' };
  const title =
    manifests.length > 0
      ? `Download the dependencies first, from ${namesOf(manifests)} alone`
      : 'Download the dependencies before the source is copied';
  return { fix: fixOf(rule, found, obstacles, ['prefetch'], title, ahead(downloads)) };
}

/** Nothing between the copy and the build says how things are compiled: variables, for one. */
function surroundedAlike({ node, step }: BuildStep, { instruction }: LocalCopy): boolean {
  const between = node.stage.instructions.filter(
    ({ span }) => span.start > instruction.span.start && span.start < step.instruction.span.start,
  );
  return between.every(({ kind }) => kind === 'COPY' || kind === 'ADD' || kind === 'WORKDIR');
}

/** Whether a cache mount keeps what the build downloads, but not what it makes of it. */
function keepsDownloads({ builds }: BuildStep): boolean {
  return builds.some(({ prefetch }) => prefetch.downloadsKept === true);
}

/** What is done again to the dependencies of a build. */
function verbOf(found: BuildStep): string {
  if (keepsDownloads(found)) return 'compiles';
  return found.builds.some(({ prefetch }) => prefetch.compile !== undefined)
    ? 'downloads and compiles'
    : 'downloads';
}

/** How the sources of a copy are named to people. */
function sourceText({ sources, instruction }: LocalCopy): string {
  const kept = instruction.flags.some(({ name }) => name === 'parents');
  const whole = kept
    ? instruction.sources.some(({ value }) => /^(\.\/?)+$/.test(value))
    : sources.some(({ path }) => path === '.');
  if (whole) return 'Every source change';
  const names = kept ? instruction.sources.map(({ value }) => value) : sources.map(({ path }) => path);
  return `Every change in ${listed(names)}`;
}

function findingOf(
  context: CopyContext,
  found: DependencyStep,
  offerFor: (broad: readonly LocalCopy[]) => Offer,
  effect: (command: string) => string,
  quietly = false,
): RuleFinding | undefined {
  const broad = broadCopies(found, context);
  const first = broad.find((copy) => bringsManifest(found, copy, context)) ?? broad[0];
  const [command] = found.needing;
  if (first === undefined || command === undefined) return undefined;
  const result = offerFor(broad);
  const at = found.step.instruction.span;
  return {
    at: first.instruction.span,
    message: `${sourceText(first)} ${effect(wordsOf(command))}.`,
    related: [
      { at, message: 'This step runs again.' },
      ...('reason' in result ? [{ at, message: `No fix is offered: ${result.reason}.` }] : []),
    ],
    ...(quietly && 'reason' in result ? { severity: 'information' as const } : {}),
    pays: [found.step],
    fixes: 'fix' in result ? [result.fix] : [],
  };
}

/** A copy of the source ahead of a dependency install makes every source edit reinstall the dependencies. */
export default dockerfileRule(
  {
    id: 'source-before-deps',
    severity: ['warning', 'information'],
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
        const install = installStepOf(rule, context, node, step);
        const build = install === undefined ? buildStepOf(rule, context, node, step) : undefined;
        const finding = install
          ? findingOf(
              context,
              install,
              (broad) => installFix(rule, context, install, broad),
              (command) => `re-runs "${command}"`,
            )
          : build &&
            findingOf(
              context,
              build,
              (broad) => buildFix(rule, context, build, broad),
              (command) => `${verbOf(build)} the dependencies of "${command}" again`,
              // Nothing is downloaded, and what to do about the rest cannot be shown.
              keepsDownloads(build),
            );
        if (finding !== undefined) yield finding;
      }
    }
  },
);
