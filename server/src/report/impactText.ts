import { bytesText } from '../text/bytes.js';
import { counted, grouped } from '../text/counted.js';
import { rangeText, secondsText } from '../text/seconds.js';
import type {
  ImpactCommits,
  ImpactFix,
  ImpactPicture,
  ImpactStage,
  ImpactStep,
  Seconds,
} from './impactModel.js';
import { isPartlyKnown, nothingAgain, rebuildingText, typicalReruns } from './impactTypical.js';
import { fitted, labelled, wrapped } from './layout.js';
import { printable } from './names.js';
import { type Palette, plain } from './text.js';

/** Seconds below which a time reads as nothing. */
const noticeable = 0.05;

/** `48 s`; `?` for what nobody knows. */
function timeText({ value }: Seconds): string {
  if (value === null) return '?';
  return isTiny(value) ? '< 0.1 s' : secondsText(value);
}

function isTiny(value: number): boolean {
  return value > 0 && value < noticeable;
}

/** What a sum leaves out: steps that take part and whose time nobody knows, and whether a part of another is unknown. */
interface Open {
  readonly unknown: number;
  readonly partly: boolean;
}

function openOf({ stages }: ImpactPicture, takesPart: (step: ImpactStep) => boolean): Open {
  const taking = stages.flatMap(({ steps }) => steps).filter(takesPart);
  return { unknown: taking.filter((s) => s.seconds.value === null).length, partly: isPartlyKnown(taking) };
}

/** `about 48 s (15 – 90 s, simulated)`, `at least 6 s (5 – 9 s, assumed; 2 steps of unknown length aside)`. */
function aboutText(seconds: Seconds, { unknown, partly }: Open): string {
  if (seconds.value === null) return `a time that is not known (${seconds.source})`;
  const aside = unknown === 0 ? '' : `; ${counted(unknown, 'step')} of unknown length aside`;
  const range = rangeText(seconds.low, seconds.high);
  const whole = unknown === 0 && !partly;
  const tiny = isTiny(seconds.value) && whole;
  const size = tiny ? 'less than 0.1 s' : `${whole ? 'about' : 'at least'} ${secondsText(seconds.value)}`;
  return `${size} (${range}, ${seconds.basis}${aside})`;
}

function runsAgain({ rebuilds, maybe }: ImpactStep): boolean {
  return rebuilds + maybe > 0;
}

/** The first sentence: what a commit costs, and what the fixes would make of it. */
function headline(picture: ImpactPicture): string {
  const { commits, rebuild, clean, allFixes, fixes } = picture;
  const typical = typicalReruns(picture);
  if (commits === null || rebuild === null || typical === null) {
    return `A build without any cache takes ${aboutText(
      clean,
      openOf(picture, () => true),
    )}.`;
  }
  const none = nothingAgain(picture);
  if (none !== null) return none;
  const after = allFixes?.rebuild.meanSeconds;
  const name = fixes.length === 1 ? 'the fix' : 'all fixes';
  const saved = (rebuild.meanSeconds.value ?? 0) - (after?.value ?? 0);
  const withFixes =
    after == null || after.value === null || Math.abs(saved) < noticeable
      ? ''
      : `; with ${name} ${timeText(after)}`;
  const rare = typical.again === 0;
  const again = rare
    ? `${rebuildingText(commits)} ran a step again${typical.none ? ', a typical one none' : ''}`
    : `A typical commit re-runs ${typical.again} of ${counted(typical.of, 'step')}`;
  const over = rare ? 'all of them' : `the last ${counted(commits.replayed, 'commit')}`;
  const mean = aboutText(rebuild.meanSeconds, openOf(picture, runsAgain));
  if (commits.replayed === 1) {
    return `The last commit re-ran ${typical.again} of ${counted(typical.of, 'step')}; that takes ${mean}${withFixes}.`;
  }
  return `${again}; averaged over ${over}, a rebuild takes ${mean}${withFixes}.`;
}

function section(palette: Palette, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
}

function short(commit: string): string {
  return commit.slice(0, 8);
}

function commitsText({ replayed, newest, oldest }: ImpactCommits): string {
  return replayed === 1 ? short(newest) : `${short(newest)} back to ${short(oldest)}`;
}

function buildLines(picture: ImpactPicture): readonly string[] {
  const { commits, gap } = picture;
  const history =
    commits === null
      ? (gap ?? 'none')
      : `${counted(commits.replayed, 'commit')}, ${commitsText(commits)}: ${grouped(commits.touchingContext)} changed the context, ${grouped(commits.rebuilding)} surely ran a step again`;
  const rows: readonly (readonly [string, string])[] = [
    ['Dockerfile', picture.dockerfile],
    ['context', picture.context],
    ['target', picture.target ?? 'the last stage'],
    ['chosen', picture.why],
    ['history', history],
  ];
  return rows.flatMap(([label, text]) => labelled(label, printable(text), 10));
}

/** What a time may be, and what it rests on. */
function spanText(seconds: Seconds): string {
  if (seconds.value === null) return 'not known';
  if (seconds.high === 0) return 'nothing runs';
  return `${rangeText(seconds.low, seconds.high)}, ${seconds.basis}`;
}

/** A name, a time and what is to say of it, in as many lines as that takes. */
function timeLine(name: string, seconds: Seconds, more = ''): readonly string[] {
  const head = `  ${name.padEnd(22)}  ${timeText(seconds).padStart(11)}  `;
  const [first = '', ...others] = wrapped(`${spanText(seconds)}${more}`, head.length);
  return [head + first.trimStart(), ...others];
}

/** A time that leaves out the steps that take part and of which nobody knows how long they take: how many says the end. */
function partlyKnown(
  picture: ImpactPicture,
  name: string,
  seconds: Seconds,
  takesPart: (step: ImpactStep) => boolean,
  more = '',
): readonly string[] {
  const unknown = seconds.value === null ? 0 : openOf(picture, takesPart).unknown;
  const aside = unknown === 0 ? '' : `; ${counted(unknown, 'step')} of unknown length aside`;
  return timeLine(name, seconds, `${more}${aside}`);
}

function timeLines(picture: ImpactPicture): readonly string[] {
  const { commits, rebuild, clean, scenarios, stages } = picture;
  const steps = stages.reduce((sum, stage) => sum + stage.steps.length, 0);
  if (scenarios !== null) {
    return scenarios.flatMap((one) => [
      ...partlyKnown(
        picture,
        one.name,
        one.seconds,
        ({ index }) => one.steps.includes(index),
        `, ${one.steps.length} of ${counted(steps, 'step')}`,
      ),
      ...(one.edit === null ? [] : wrapped(printable(`an edit of ${one.edit}`), 26)),
    ]);
  }
  const cleanly = partlyKnown(picture, 'clean build', clean, () => true);
  if (rebuild === null || commits === null) return cleanly;
  const mean = `mean of ${counted(commits.replayed, 'commit')}`;
  return [
    ...partlyKnown(picture, mean, rebuild.meanSeconds, runsAgain),
    ...timeLine('half of them, at most', rebuild.p50Seconds),
    ...timeLine('nine of ten, at most', rebuild.p90Seconds),
    ...cleanly,
  ];
}

const causesShown = 4;

function causesText({ causes }: ImpactStep): string {
  const shown = causes.slice(0, causesShown);
  return shown
    .map(({ kind, path, commits }) => `${kind === 'argument' ? `ARG ${path}` : path} ${commits}`)
    .join(', ');
}

/** `160`; `50–160` where some of it only may have been. */
function rebuildsText({ rebuilds, maybe }: ImpactStep): string {
  return maybe === 0 ? `${rebuilds}` : `${rebuilds}–${rebuilds + maybe}`;
}

/** The time of a step: one that a log shows with 0.0 s ran all the same. */
function stepTime({ seconds }: ImpactStep): string {
  return seconds.value === 0 ? '< 0.1 s' : timeText(seconds);
}

/** A step, and why it ran again where that is not the same as of the step above it. */
function stepLines(
  picture: ImpactPicture,
  step: ImpactStep,
  above: ImpactStep | undefined,
): readonly string[] {
  const again = picture.commits === null ? '' : rebuildsText(step).padStart(9);
  const mark = step.onCriticalPath ? '*' : ' ';
  const head = `${mark}${String(step.line + 1).padStart(4)}${again}  ${stepTime(step).padStart(11)}  `;
  const causes = causesText(step);
  const same = above !== undefined && causes === causesText(above);
  return [
    `${head}${fitted(printable(step.instruction.replace(/\s+/g, ' ')), head.length)}`,
    ...(causes === '' || same ? [] : wrapped(`↳ ${printable(causes)}`, head.length + 4, head.length + 2)),
  ];
}

function stageLines(picture: ImpactPicture, stage: ImpactStage, palette: Palette): readonly string[] {
  const lines = stage.steps.flatMap((step, i) => stepLines(picture, step, stage.steps[i - 1]));
  return picture.stages.length === 1 ? lines : [palette.faint(`  ${printable(stage.label)}`), ...lines];
}

function stepTable(picture: ImpactPicture, palette: Palette): readonly string[] {
  const lines = picture.stages.flatMap((stage) => stageLines(picture, stage, palette));
  if (lines.length === 0) return [];
  const again = picture.commits === null ? '' : '   re-ran';
  return [palette.faint(` line${again}         time  step (* on the critical path)`), ...lines];
}

/** Seconds of a mean rebuild that a fix takes away. */
function savedSeconds({ rebuild }: ImpactPicture, fix: ImpactFix): number {
  const before = rebuild?.meanSeconds.value ?? null;
  const after = fix.rebuild?.meanSeconds.value ?? null;
  return before === null || after === null ? 0 : before - after;
}

/** What a fix does, in a few words; empty where nothing of it counts. */
function effectText(picture: ImpactPicture, fix: ImpactFix): string {
  const { rebuild, commits } = picture;
  const saved = savedSeconds(picture, fix);
  const runs = fix.unknownRuns;
  const parts = [
    Math.abs(saved) < noticeable || rebuild === null || fix.rebuild === null
      ? ''
      : `${timeText(rebuild.meanSeconds)} → ${timeText(fix.rebuild.meanSeconds)} a rebuild (${saved > 0 ? '−' : '+'}${Math.round(Math.abs(fix.savedPercent ?? 0))} %)`,
    runs === null || runs.before === runs.after
      ? ''
      : `steps of unknown length run ${runs.after} times instead of ${runs.before}`,
    commits === null || fix.affected === null || fix.affected === 0
      ? ''
      : `less to do after ${fix.affected} of ${commits.replayed} commits`,
    fix.bytesSaved === null || fix.bytesSaved <= 0
      ? ''
      : `${bytesText(fix.bytesSaved)} of context need not travel`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function fixLines(picture: ImpactPicture): readonly string[] {
  if (picture.commits === null) {
    const found = counted(picture.fixes.length, 'fix', 'fixes');
    const untold = `without a history nobody can tell what rebuilds ${picture.fixes.length === 1 ? 'it saves' : 'they save'}`;
    return picture.fixes.length === 0
      ? []
      : [
          ...picture.fixes.flatMap((fix) => [
            `  ${printable(fix.path)}:${fix.line + 1}: ${fix.rule}, ${fix.applicability} fix`,
            ...wrapped(printable(fix.title), 6, 4),
          ]),
          ...wrapped(`${found}: ${untold}.`, 2),
        ];
  }
  const told = picture.fixes.flatMap((fix) => {
    const effect = effectText(picture, fix);
    return effect === '' ? [] : [{ fix, effect }];
  });
  const others = picture.fixes.length - told.length;
  return [
    ...told.flatMap(({ fix, effect }) => [
      `  ${printable(fix.path)}:${fix.line + 1}: ${fix.rule}, ${fix.applicability} fix`,
      ...wrapped(printable(`${fix.title}:`), 6, 4),
      ...wrapped(effect, 6, 4),
    ]),
    ...(others === 0
      ? []
      : [
          `  ${counted(others, `${told.length > 0 ? 'other ' : ''}fix`, `${told.length > 0 ? 'other ' : ''}fixes`)}: rebuilds stay as they are.`,
        ]),
  ];
}

function shareText(saved: number): string {
  const percent = Math.round(saved);
  return percent === 0 ? '' : ` (${Math.abs(percent)} % ${percent > 0 ? 'less' : 'more'})`;
}

function togetherLines({ rebuild, allFixes, safeFixes, fixes }: ImpactPicture): readonly string[] {
  if (rebuild === null || fixes.length < 2) return [];
  const line = (name: string, of: NonNullable<ImpactPicture['safeFixes']>): string =>
    `  ${name}: ${timeText(rebuild.meanSeconds)} → ${timeText(of.rebuild.meanSeconds)} a rebuild${shareText(of.savedPercent)}`;
  return [
    ...(safeFixes === null ? [] : [line('The safe fixes together', safeFixes)]),
    ...(allFixes === null ? [] : [line('All fixes together', allFixes)]),
  ];
}

function notes(picture: ImpactPicture): readonly string[] {
  const { rebuild, volatile } = picture;
  const changing = volatile.map(
    ({ name, value, where, changes }) =>
      `${name} has another value with every ${changes}: ${value} in ${where}.`,
  );
  const source = rebuild === null ? [] : [`The times rest on: ${rebuild.meanSeconds.source}.`];
  // What no commit ran again is in no other sentence.
  const more =
    openOf(picture, (step) => rebuild === null || !runsAgain(step)).unknown > 0 || rebuild === null;
  const cleanly = more ? [`The time of a clean build rests on: ${picture.clean.source}.`] : [];
  return [...changing, ...source, ...cleanly, ...picture.notes].flatMap((note) =>
    wrapped(printable(note), 4, 2),
  );
}

/** The report of `impact` for people, with a final newline. `fixes`: they were tried. */
export function impactText(picture: ImpactPicture, fixes: boolean, palette: Palette = plain): string {
  const tried = [...fixLines(picture), ...togetherLines(picture)];
  const lines = [
    ...wrapped(printable(headline(picture))).map(palette.strong),
    '',
    ...buildLines(picture),
    ...section(palette, 'What a build takes', timeLines(picture)),
    ...section(palette, 'Steps', stepTable(picture, palette)),
    ...(fixes ? section(palette, 'Fixes', tried.length === 0 ? ['  None.'] : tried) : []),
    ...section(palette, 'Notes', notes(picture)),
  ];
  return `${lines.join('\n')}\n`;
}
