import { addBindMounts } from '../../fixes/bindmounts.js';
import { addManifests, type Manifest } from '../../fixes/manifests.js';
import { listed } from '../../fixes/narrowcopy.js';
import { type FixForm, isProven } from '../../fixes/proven.js';
import { type ContextView, contextView } from '../../project/context.js';
import { folderOf } from '../../sim/commands.js';
import { type InstallStep, installStepOf } from '../../sim/installstep.js';
import { type MissingManifest, missingManifests } from '../../sim/missingmanifests.js';
import { wordsOf } from '../../sim/obstacles.js';
import type { TextEdit } from '../../text/edit.js';
import { baseName } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type Related, type RuleFinding } from '../rule.js';

function namesOf(missing: readonly MissingManifest[]): string {
  const paths = [...new Set(missing.map(({ path }) => path))];
  return paths.length > 4 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : listed(paths);
}

/** What comes of the gravest of what is missing. */
function messageOf(missing: readonly MissingManifest[]): string {
  const failing = missing.filter(({ fails }) => fails);
  const [first] = failing.length > 0 ? failing : missing;
  const same = missing.filter(({ kind, fails }) => kind === first?.kind && fails === first?.fails);
  const names = namesOf(same);
  const are = new Set(same.map(({ path }) => path)).size > 1 ? 'are' : 'is';
  const command = first === undefined ? '' : wordsOf(first.install.command);
  const there = first?.ignored ? 'kept out by the ignore file' : 'not copied before it';
  if (first?.fails) return `"${command}" fails: ${names} ${are} ${there}.`;
  switch (first?.kind) {
    case 'lock':
      return `"${command}" chooses versions anew: ${names} ${are} ${there}.`;
    case 'member':
      return `"${command}" leaves out the dependencies of what is copied later: ${names} ${are} ${there}.`;
    default:
      return `"${command}" does not get what the project sets for it: ${names} ${are} ${there}.`;
  }
}

/** The edits that bring what is missing, and how; undefined where they can't be written. */
function editsFor(
  rule: DockerfileContext,
  context: ContextView,
  found: InstallStep,
  missing: readonly MissingManifest[],
): { readonly edits: readonly TextEdit[]; readonly form: FixForm } | undefined {
  const unique = [...new Map(missing.map((one) => [one.target, one])).values()];
  const manifests = unique.flatMap(({ near, path, target, folder }): Manifest[] =>
    near === undefined ? [] : [{ path, target, folder, copy: near }],
  );
  const { instruction } = found.step;
  if (manifests.length === 0 && instruction.kind === 'RUN') {
    const mount = addBindMounts(rule.dockerfile, instruction, folderOf(found.node, found.step), unique);
    return mount && { edits: [mount], form: 'bind' };
  }
  const own = manifests.every(({ copy }) => found.node.steps.includes(copy.step));
  // --exclude would hold for the name that is added too.
  if (manifests.some(({ copy }) => copy.instruction.flags.some(({ name }) => name === 'exclude')))
    return undefined;
  if (!own || manifests.length < unique.length) return undefined;
  if (manifests.some(({ copy }) => copy.instruction.sources.some(({ raw }) => raw.includes('$'))))
    return undefined;
  return addManifests(rule.dockerfile, context, manifests);
}

/** What a program reads by itself, or starts. */
const READS_MORE =
  /\b(require|import)\s*\(?\s*["'`](\.|node:fs|fs|node:child_process|child_process)|\b(__dirname|__filename|import\.meta|process\.cwd|source)\b|\bimport\s*\(|from\s+["'](\.|(node:)?(fs|child_process))/;

/** Whether what the project runs during the install may want more than its own file. */
function mayReadMore(context: ContextView, { path, need }: MissingManifest): boolean {
  if (need !== 'script') return false;
  const text = context.text(path);
  return text === undefined || text.trim() === '' || path.endsWith('.sh') || READS_MORE.test(text);
}

function fixOf(
  rule: DockerfileContext,
  context: ContextView,
  found: InstallStep,
  missing: readonly MissingManifest[],
): Fix | undefined {
  const told = missing.some((one) => one.ignored || mayReadMore(context, one));
  const made = told ? undefined : editsFor(rule, context, found, missing);
  if (made === undefined) return undefined;
  const names = [...new Set(missing.map(({ path }) => baseName(path)))];
  const proven = found.closures.every(({ ecosystem }) => isProven(ecosystem, made.form));
  // A build that fails has no image that could change.
  const script = missing.some(({ need }) => need === 'script');
  const safe = proven && !script && missing.every(({ fails }) => fails);
  const title = `${made.form === 'bind' ? 'Mount' : 'Copy'} ${names.length > 4 ? `${names.length} more files` : listed(names)} as well`;
  const lock = missing.some(({ kind, fails }) => kind === 'lock' && !fails);
  const changes = lock ? 'other versions may be installed' : 'what is installed changes';
  const why = script
    ? 'it runs during the install then'
    : proven
      ? changes
      : 'builds of this kind have not been compared';
  return {
    title: safe ? title : `${title} (${why})`,
    applicability: safe ? 'safe' : 'unsafe',
    form: made.form,
    // It follows edits of one file more, as it should.
    mayTakeLonger: true,
    changes: () => [{ kind: 'edit', path: rule.path, edits: made.edits }],
  };
}

/** Where the ignore file says so. */
function ignoredBy(context: ContextView, missing: readonly MissingManifest[]): readonly Related[] {
  const [first] = missing.filter(({ ignored }) => ignored);
  const pattern = first && context.decidedBy(first.path);
  return first === undefined || pattern === undefined || context.ignoreFile === null
    ? []
    : [
        {
          path: context.ignoreFile,
          at: pattern.span,
          message: `This keeps ${first.path} out of the context.`,
        },
      ];
}

/** A lock file that a line of the ignore file, or --exclude, names was left out on purpose, unless the install can't do without. */
function isMeant(context: ContextView, { ignored, fails, near, path }: MissingManifest): boolean {
  const excluded = near?.instruction.flags.some(
    ({ name, value }) => name === 'exclude' && value !== undefined && baseName(value) === baseName(path),
  );
  if (excluded && !fails) return true;
  const text = ignored && !fails ? context.decidedBy(path)?.text : undefined;
  return text !== undefined && baseName(text) === baseName(path);
}

function findingOf(
  rule: DockerfileContext,
  context: ContextView,
  found: InstallStep,
): RuleFinding | undefined {
  const missing = missingManifests(rule, context, found).filter((one) => !isMeant(context, one));
  const [first] = missing;
  if (first === undefined) return undefined;
  const fix = fixOf(rule, context, found, missing);
  const run = found.step.instruction.span;
  const near = first.near?.instruction.span ?? run;
  const other = near === run ? [] : [{ at: run, message: 'This step needs it.' }];
  return {
    at: near,
    message: messageOf(missing),
    severity: missing.some(({ fails }) => fails) ? 'error' : 'warning',
    related: [...other, ...ignoredBy(context, missing)],
    fixes: fix === undefined ? [] : [fix],
  };
}

/** A file that an install reads, beside others that are copied for it, is not copied: it fails, or does something else than it should. */
export default dockerfileRule(
  {
    id: 'manifest-missing',
    severity: ['error', 'warning'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A file that the install reads is in the context and is not copied before it.',
  },
  function* (rule) {
    const context = contextView(rule.snapshot, rule.build);
    const contexts = new Set(rule.builds.filter((build) => !build.remote).map((build) => build.context));
    if (context === undefined || contexts.size > 1) return;
    for (const node of rule.graph.stages.filter(({ reachable }) => reachable)) {
      for (const step of node.steps) {
        const found = installStepOf(rule, context, node, step);
        const finding = found && findingOf(rule, context, found);
        if (finding !== undefined) yield finding;
      }
    }
  },
);
