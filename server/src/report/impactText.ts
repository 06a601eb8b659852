import { bytesText } from '../text/bytes.js';
import { rangeText, secondsText } from '../text/seconds.js';
import type { ImpactFix, ImpactPicture, ImpactStage, ImpactStep, Seconds } from './impactModel.js';
import { typicalReruns } from './impactTypical.js';
import { counted, fitted, labelled, wrapped } from './layout.js';
import { printable } from './names.js';
import { type Palette, plain } from './text.js';

/** `about 48 s (15 – 90 s, simulated)`; what is not known is said so. */
function about(seconds: Seconds): string {
  if (seconds.value === null) return `a time that is not known (${seconds.source})`;
  return `about ${secondsText(seconds.value)} (${rangeText(seconds.low, seconds.high)}, ${seconds.basis})`;
}

function bare(seconds: Seconds): string {
  return seconds.value === null ? '?' : secondsText(seconds.value);
}

function percentText(share: number): string {
  return `${Math.round(share)} %`;
}

/** The first sentences: what a commit costs, and what the fixes would make of it. */
function headline(picture: ImpactPicture): string {
  const { commits, rebuild, clean, allFixes, fixes } = picture;
  const typical = typicalReruns(picture);
  if (commits === null || rebuild === null || typical === null) {
    return `A build without any cache takes ${about(clean)}.`;
  }
  if (commits.rebuilding === 0) {
    return `None of the last ${counted(commits.replayed, 'commit')} ran a step again.`;
  }
  const after = allFixes?.rebuild.meanSeconds;
  const name = fixes.length === 1 ? 'the fix' : 'all fixes';
  const withFixes = after == null || after.value === null ? '' : `; with ${name} ${bare(after)}`;
  const steps =
    typical.again === 0
      ? `A typical commit re-runs none of ${counted(typical.of, 'step')}`
      : `A typical commit re-runs ${typical.again} of ${counted(typical.of, 'step')}`;
  return `${steps}; a rebuild takes ${about(rebuild.meanSeconds)} on average${withFixes}.`;
}

function section(palette: Palette, title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', palette.strong(title), ...lines];
}

function short(commit: string): string {
  return commit.slice(0, 8);
}

function buildLines(picture: ImpactPicture): readonly string[] {
  const { commits, gap } = picture;
  const history =
    commits === null
      ? `none: ${gap ?? 'there is none'}`
      : `${counted(commits.replayed, 'commit')}, ${short(commits.newest)} back to ${short(commits.oldest)}: ${commits.touchingContext} changed the context, ${commits.rebuilding} ran a step again`;
  const rows: readonly (readonly [string, string])[] = [
    ['Dockerfile', picture.dockerfile],
    ['context', picture.context],
    ['chosen', picture.why],
    ['history', history],
  ];
  return rows.flatMap(([label, text]) => labelled(label, printable(text), 10));
}

function timeLines({ rebuild, clean, scenarios, stages }: ImpactPicture): readonly string[] {
  const row = (name: string, seconds: Seconds, more = ''): string => {
    const range =
      seconds.value === null ? 'not known' : `${rangeText(seconds.low, seconds.high)}, ${seconds.basis}`;
    return `  ${name.padEnd(26)}  ${bare(seconds).padStart(11)}  ${range}${more}`;
  };
  const steps = stages.reduce((sum, stage) => sum + stage.steps.length, 0);
  if (scenarios !== null) {
    return scenarios.map((one) =>
      row(one.name, one.seconds, `, ${one.steps.length} of ${counted(steps, 'step')}`),
    );
  }
  const rebuilds =
    rebuild === null
      ? []
      : [
          row('mean rebuild', rebuild.meanSeconds),
          row('half of them, at most', rebuild.p50Seconds),
          row('nine of ten, at most', rebuild.p90Seconds),
        ];
  return [...rebuilds, row('clean build', clean)];
}

const causesShown = 3;

function causesText({ causes }: ImpactStep): string {
  const shown = causes.slice(0, causesShown);
  return shown
    .map(({ kind, path, commits }) => `${kind === 'argument' ? `ARG ${path}` : path} ${commits}`)
    .join(', ');
}

function stepLines(picture: ImpactPicture, step: ImpactStep): readonly string[] {
  const { commits } = picture;
  const maybe = step.maybe > 0 ? ` (+${step.maybe} maybe)` : '';
  const again = commits === null ? '' : `${String(step.rebuilds).padStart(6)}${maybe}`;
  const mark = step.onCriticalPath ? '*' : ' ';
  const head = `${mark}${String(step.line + 1).padStart(4)} ${again} ${bare(step.seconds).padStart(11)}  `;
  const causes = causesText(step);
  return [
    `${head}${fitted(printable(step.instruction.replace(/\s+/g, ' ')), head.length)}`,
    ...(causes === '' ? [] : wrapped(printable(causes), 27).map((line) => line)),
  ];
}

function stageLines(picture: ImpactPicture, stage: ImpactStage, palette: Palette): readonly string[] {
  const title = palette.faint(`  ${stage.label}`);
  const lines = stage.steps.flatMap((step) => stepLines(picture, step));
  return picture.stages.length === 1 ? lines : [title, ...lines];
}

function stepTable(picture: ImpactPicture, palette: Palette): readonly string[] {
  const lines = picture.stages.flatMap((stage) => stageLines(picture, stage, palette));
  if (lines.length === 0) return [];
  const columns = picture.commits === null ? 'line     seconds' : 'line  re-ran         time';
  return [palette.faint(` ${columns}  step (* on the critical path)`), ...lines];
}

/** Seconds of a mean rebuild that a fix takes away. */
function savedSeconds({ rebuild }: ImpactPicture, fix: ImpactFix): number {
  const before = rebuild?.meanSeconds.value ?? null;
  const after = fix.rebuild?.meanSeconds.value ?? null;
  return before === null || after === null ? 0 : before - after;
}

const noticeable = 0.05;

function fixLines(picture: ImpactPicture): readonly string[] {
  const { fixes } = picture;
  const saving = fixes.filter((fix) => savedSeconds(picture, fix) >= noticeable || fix.bytesSaved !== null);
  const lines = saving.flatMap((fix) => {
    const saved = savedSeconds(picture, fix);
    const parts = [
      saved >= noticeable ? `−${secondsText(saved)} (${percentText(fix.savedPercent ?? 0)})` : '',
      fix.bytesSaved === null ? '' : `−${bytesText(fix.bytesSaved)} of context`,
    ];
    const what = parts.filter((part) => part !== '').join(', ');
    return [
      `  ${what.padEnd(16)}  ${fix.applicability} fix, ${printable(fix.path)}:${fix.line + 1} ${fix.rule}`,
      ...wrapped(printable(fix.title), 20),
    ];
  });
  const others = fixes.length - saving.length;
  const more =
    others === 0 ? [] : [`  ${counted(others, 'other fix', 'other fixes')}: rebuilds stay as they are.`];
  return [...lines, ...more];
}

function togetherLines(picture: ImpactPicture): readonly string[] {
  const { rebuild, allFixes, safeFixes, fixes } = picture;
  if (rebuild === null || fixes.length < 2) return [];
  const line = (name: string, of: NonNullable<ImpactPicture['safeFixes']>): string =>
    `  ${name}: ${bare(rebuild.meanSeconds)} → ${bare(of.rebuild.meanSeconds)} a rebuild (${percentText(of.savedPercent)} less)`;
  return [
    ...(safeFixes === null ? [] : [line('the safe fixes', safeFixes)]),
    ...(allFixes === null ? [] : [line('all fixes', allFixes)]),
  ];
}

function notes(picture: ImpactPicture): readonly string[] {
  const mean = picture.rebuild?.meanSeconds ?? picture.clean;
  const volatile = picture.volatile.map(
    ({ name, value, where, changes }) =>
      `${name} has another value with every ${changes}: ${value} in ${where}.`,
  );
  return [...volatile, `The times rest on: ${mean.source}.`, ...picture.notes].flatMap((note) =>
    wrapped(printable(note), 4, 2),
  );
}

/** The report of `impact` for people, with a final newline. `fixes`: they were tried. */
export function impactText(picture: ImpactPicture, fixes: boolean, palette: Palette = plain): string {
  const lines = [
    ...wrapped(printable(headline(picture))).map(palette.strong),
    '',
    ...buildLines(picture),
    ...section(palette, 'What a build takes', timeLines(picture)),
    ...section(palette, 'Steps', stepTable(picture, palette)),
    ...(fixes ? section(palette, 'Fixes', [...fixLines(picture), ...togetherLines(picture)]) : []),
    ...section(palette, 'Notes', notes(picture)),
  ];
  return `${lines.join('\n')}\n`;
}
