import { ROOT_SCRIPTS } from '../project/closures/npm.js';
import type { ContextView } from '../project/context.js';
import type { Instruction } from '../syntax/dockerfile/model.js';
import { parsePackageJson } from '../syntax/manifests/npm.js';
import { commandsOf, programOf } from './commands.js';
import { envReading } from './envcommands.js';
import type { ShellOf, StageNode, Step } from './model.js';

/** What a step may do with variables: `named` by its text; `may` read them from the environment; `unsure` (and why); `not`. */
export type StepReading =
  | { readonly kind: 'named' | 'may' | 'not' }
  | { readonly kind: 'unsure'; readonly why: string };

const not: StepReading = { kind: 'not' };
const may: StepReading = { kind: 'may' };

/** Variables that programs which are told nothing else look for: never only the project's. */
const everyonesNames =
  /^(?:PATH|HOME|USER|SHELL|PWD|TERM|TZ|LANG|LANGUAGE|LC_.*|LD_.*|DEBIAN_.*|DEBCONF_.*|APT_.*|.*_PROXY|TMPDIR|TEMP|TMP|CI|CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|LIBS|MAKEFLAGS|PKG_CONFIG.*|NODE_.*|NPM_.*|YARN_.*|PNPM_.*|BUN_.*|COREPACK_.*|PIP_.*|PYTHON.*|POETRY_.*|UV_.*|VIRTUAL_ENV|CONDA_.*|GO[A-Z0-9]+|CGO_.*|CARGO_.*|RUST.*|GEM_.*|BUNDLE_.*|RAILS_.*|RACK_.*|RUBY.*|COMPOSER_.*|PHP_.*|MAVEN_.*|JAVA_.*|GRADLE_.*|DOTNET_.*|NUGET_.*|MIX_.*|HEX_.*|ELIXIR_.*|ERL_.*|CURL_.*|WGET.*|SSL_.*|OPENSSL_.*|GNUPGHOME|GIT_(?:DIR|SSH|AUTHOR|COMMITTER|CONFIG|TRACE|SSL|ASKPASS|TERMINAL).*|GREP_.*|TAR_.*|GZIP|BASH.*|ENV|IFS|SOURCE_DATE_EPOCH|DOCKER_.*|BUILDKIT_.*)$/i;

/** Whether a name is one that any program may look for. */
function isEveryonesName(name: string): boolean {
  return everyonesNames.test(name);
}

/** Whether a text holds one of `names` as a word. */
export function namesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) if (names.has(word)) return true;
  return false;
}

/** Whether an instruction that is no RUN takes a variable of one of `names` into itself. */
export function takesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) if (names.has(name)) return true;
  return false;
}

/** The manifests that an install of the step may be one of: of the context's root, and those that are copied by name. */
function manifestTexts(node: StageNode, context: ContextView | undefined): readonly string[] {
  if (context === undefined) return [];
  const paths = new Set(['package.json']);
  for (const { instruction } of node.steps) for (const path of manifestsOf(instruction)) paths.add(path);
  return [...paths].flatMap((path) => (context.exists(path) ? (context.text(path) ?? []) : []));
}

function manifestsOf(instruction: Instruction): readonly string[] {
  if (instruction.kind !== 'COPY' || instruction.from !== undefined) return [];
  return instruction.sources.flatMap(({ value }) => {
    const path = value.replace(/^\.?\/+|\/+$/g, '');
    if (/[$*?[]/.test(path.replace(/package\*\.json$/, ''))) return [];
    if (/package(?:\*|-lock)?\.json$/.test(path))
      return [path.replace(/package(?:\*|-lock)?\.json$/, 'package.json')];
    return path === '' || path === '.' ? [] : [`${path}/package.json`];
  });
}

/** Scripts that do nothing with the project. */
const harmlessScript =
  /^(?:husky(?: install)?|is-ci \|\| husky.*|husky.* \|\| (?:true|exit 0)|(?:npx )?(?:simple-git-hooks|lefthook install|only-allow \w+)|patch-package|echo .*|true|exit 0)$/;

function projectReading(
  node: StageNode,
  context: ContextView | undefined,
  names: ReadonlySet<string>,
): StepReading {
  const texts = manifestTexts(node, context);
  if (texts.length === 0) return { kind: 'unsure', why: 'the scripts of package.json are not known' };
  if (texts.some((text) => namesAny(text, names))) return may;
  for (const text of texts) {
    const manifest = parsePackageJson(text);
    if (manifest === undefined || manifest.workspaces)
      return { kind: 'unsure', why: 'scripts of the workspaces may run' };
    const script = ROOT_SCRIPTS.find((name) => {
      const line = manifest.scripts[name];
      return line !== undefined && !harmlessScript.test(line.trim());
    });
    if (script !== undefined) return { kind: 'unsure', why: `the script "${script}" of package.json runs` };
  }
  return not;
}

/** What a RUN may do with the variables `names`, whose values nobody but the project's own code can be waiting for. */
export function readingOf(
  text: string,
  node: StageNode,
  step: Step,
  shell: ShellOf,
  context: ContextView | undefined,
  names: ReadonlySet<string>,
): StepReading {
  const { fullSpan } = step.instruction;
  if (namesAny(text.slice(fullSpan.start, fullSpan.end), names)) return { kind: 'named' };
  const commands = commandsOf(node, step, shell);
  if (commands === undefined || [...names].some(isEveryonesName)) return may;
  let unsure: StepReading = not;
  for (const command of commands) {
    const reading = envReading(command);
    if (reading === 'yes') return may;
    if (reading === 'unsure')
      unsure = { kind: 'unsure', why: `"${programOf(command)}" runs what others wrote` };
    if (reading !== 'project') continue;
    const found = projectReading(node, context, names);
    if (found.kind === 'may') return may;
    if (found.kind === 'unsure') unsure = found;
  }
  return unsure;
}
