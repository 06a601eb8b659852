import { ROOT_SCRIPTS } from '../project/closures/npm.js';
import type { ContextView } from '../project/context.js';
import type { Dockerfile, Instruction } from '../syntax/dockerfile/model.js';
import { parsePackageJson } from '../syntax/manifests/npm.js';
import { baseName, dirName, joinPath } from '../text/paths.js';
import { argumentsOf, type StepCommand } from './commands.js';
import { namesAny } from './envnames.js';
import type { ShellOf, Step } from './model.js';

/** What a step may do with variables: `named` by its text; `may` read them from the environment; `unsure` (and why); `not`. */
export type StepReading =
  | { readonly kind: 'named' | 'may' | 'not' }
  | { readonly kind: 'unsure'; readonly why: string };

/** Where steps are looked at. */
export interface ReadView {
  readonly dockerfile: Dockerfile;
  readonly shell: ShellOf;
  /** Of the build; undefined where it is remote. */
  readonly context: ContextView | undefined;
}

export const not: StepReading = { kind: 'not' };
export const may: StepReading = { kind: 'may' };

function unsure(why: string): StepReading {
  return { kind: 'unsure', why };
}

/** What a COPY or a bind mount takes of the context, as paths relative to it; a folder may be among them. */
function takenBy(instruction: Instruction): readonly string[] {
  if (instruction.kind === 'COPY' || instruction.kind === 'ADD') {
    const local = instruction.kind === 'ADD' || instruction.from === undefined;
    return local ? instruction.sources.map(({ value }) => value) : [];
  }
  if (instruction.kind !== 'RUN') return [];
  return instruction.mounts
    .filter(({ type, from }) => type === 'bind' && from === undefined)
    .map(({ source }) => source ?? '.');
}

/** Paths that were taken of the context up to a step, in all stages. */
function takenBefore({ dockerfile }: ReadView, { instruction }: Step): readonly string[] {
  const paths = dockerfile.instructions
    .filter(({ span }) => span.start <= instruction.span.start)
    .flatMap(takenBy)
    .filter((path) => !path.includes('$'))
    .map((path) => path.replace(/^(?:\.?\/)+|\/+$/g, ''));
  return [...new Set(paths.map((path) => (path === '' ? '.' : path)))];
}

/** The package.json files that an install may be one of: the context's, those copied by name, and those in copied folders. */
function manifestPaths(context: ContextView, taken: readonly string[]): readonly string[] {
  const found = new Set(['package.json']);
  for (const path of taken) {
    if (/package(?:\*|-lock)?\.json$/.test(path)) {
      found.add(path.replace(/package(?:\*|-lock)?\.json$/, 'package.json'));
    } else if (!/[*?[]/.test(path) && context.kindOf(path) === 'folder') {
      const inside = path === '.' ? '' : `${path}/`;
      for (const deep of ['', '*/', '*/*/'])
        for (const one of context.expand(`${inside}${deep}package.json`)) found.add(one);
    }
  }
  return [...found].filter((path) => !/(?:^|\/)node_modules\//.test(path) && context.exists(path));
}

/** Scripts that do nothing with the project. */
const harmlessScript =
  /^(?:husky(?: install)?|is-ci \|\| husky(?: install)?|husky(?: install)? \|\| (?:true|exit 0)|(?:npx )?(?:simple-git-hooks|lefthook install|only-allow \w+)|patch-package|echo [^&;|`$<>\n]*|true|exit 0)$/;

/** What an install of npm, yarn, pnpm or bun may do with variables: it runs the scripts of the project. */
export function nodeReading(view: ReadView, step: Step, names: ReadonlySet<string>): StepReading {
  const { context } = view;
  const paths = context === undefined ? [] : manifestPaths(context, takenBefore(view, step));
  if (context === undefined || paths.length === 0) return unsure('the scripts of package.json are not known');
  let found: StepReading = not;
  for (const path of paths) {
    const text = context.text(path) ?? '';
    const beside = (name: string): string => joinPath(dirName(path), name);
    const settings = ['.npmrc', '.yarnrc.yml', '.yarnrc', '.pnpmfile.cjs', 'binding.gyp', 'bunfig.toml'];
    const texts = [text, ...settings.flatMap((name) => context.text(beside(name)) ?? [])];
    if (texts.some((one) => namesAny(one, names))) return may;
    const why = doubtOf(text) ?? programBeside(context, beside);
    if (why !== undefined) found = unsure(why);
  }
  return found;
}

function programBeside(context: ContextView, beside: (name: string) => string): string | undefined {
  const name = ['.pnpmfile.cjs', 'binding.gyp'].find((one) => context.exists(beside(one)));
  return name === undefined ? undefined : `${name} of the project runs`;
}

/** Why the install of a package.json may run something of the project. */
function doubtOf(text: string): string | undefined {
  const manifest = parsePackageJson(text);
  if (manifest === undefined || manifest.workspaces) return 'scripts of the workspaces may run';
  if (/"(?:file|link|portal|workspace):/.test(text)) return 'scripts of packages of the project may run';
  const script = ROOT_SCRIPTS.find((name) => {
    const line = manifest.scripts[name];
    return line !== undefined && !harmlessScript.test(line.trim());
  });
  return script === undefined ? undefined : `the script "${script}" of package.json runs`;
}

/** A requirement that is the project itself or a part of it. */
const localRequirement = /^\s*(?:-e|--editable|\.{1,2}(?:[/[\s]|$)|\/|file:|[\w.-]+\/)|@\s*file:/m;

/** The lists of requirements that a command names, as written. */
function requirementFiles(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, i) => {
    const [, long, short] = /^(?:--requirements?=(.*)|-r(.+))$/.exec(arg) ?? [];
    if (long !== undefined || short !== undefined) return [long ?? short ?? ''];
    if (/^(?:-r|--requirements?)$/.test(arg)) return [args[i + 1] ?? ''];
    return /^[^-].*\.txt$/.test(arg) && args[i - 1] !== '-c' ? [arg] : [];
  });
}

function requirementReading(
  context: ContextView,
  taken: readonly string[],
  written: string,
  depth = 0,
): StepReading {
  const name = baseName(written);
  const path = [written.replace(/^\.\//, ''), ...taken.filter((one) => baseName(one) === name)].find(
    (one) => !one.startsWith('/') && context.kindOf(one) === 'file',
  );
  const inside = taken.map((one) => joinPath(one, name)).find((one) => context.kindOf(one) === 'file');
  const at = path ?? inside;
  const text = at === undefined ? undefined : context.text(at);
  if (at === undefined || text === undefined || depth > 3) return unsure(`what ${name} lists is not known`);
  if (localRequirement.test(text)) return may;
  const nested = [...text.matchAll(/^\s*(?:-r|--requirement)[=\s]*(\S+)/gm)];
  for (const [, other = ''] of nested) {
    const found = requirementReading(context, taken, joinPath(dirName(at), other), depth + 1);
    if (found.kind !== 'not') return found;
  }
  return not;
}

/** What an install of pip, uv or Poetry that leaves out the project itself may do with variables: parts of it may be built. */
export function pythonReading(view: ReadView, step: Step, command: StepCommand): StepReading {
  const { context } = view;
  if (context === undefined) return unsure('what is installed is not known');
  const taken = takenBefore(view, step);
  const files = requirementFiles(argumentsOf(command));
  for (const file of files) {
    const found = requirementReading(context, taken, file);
    if (found.kind !== 'not') return found;
  }
  if (files.length > 0) return not;
  const manifests = ['pyproject.toml', ...taken.filter((path) => baseName(path) === 'pyproject.toml')];
  const isOfParts = manifests.some((path) =>
    /tool\.uv\.workspace|\bpath\s*=\s*["']/.test(context.text(path) ?? ''),
  );
  return isOfParts ? unsure('packages of the project may be built') : not;
}
