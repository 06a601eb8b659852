import { commandsOf, programOf } from './commands.js';
import { envReading } from './envcommands.js';
import { may, nodeReading, not, pythonReading, type ReadView, type StepReading } from './envmanifests.js';
import { namesAny } from './envnames.js';
import type { StageNode, Step } from './model.js';

/** Variables that programs which are told nothing else look for: never only the project's. */
const everyonesNames =
  /^(?:PATH|HOME|USER|SHELL|PWD|TERM|TZ|LANG|LANGUAGE|LC_.*|LD_.*|DEBIAN_.*|DEBCONF_.*|APT_.*|.*_PROXY|TMPDIR|TEMP|TMP|CI|CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|LIBS|MAKEFLAGS|PKG_CONFIG.*|NODE_.*|NPM_.*|YARN_.*|PNPM_.*|BUN_.*|COREPACK_.*|PIP_.*|PYTHON.*|POETRY_.*|UV_.*|VIRTUAL_ENV|CONDA_.*|GO[A-Z0-9]+|CGO_.*|CARGO_.*|RUST.*|GEM_.*|BUNDLE_.*|RAILS_.*|RACK_.*|RUBY.*|SETUPTOOLS_.*|PBR_.*|HATCH_.*|PDM_.*|XDG_.*|COMPOSER_.*|PHP_.*|MAVEN_.*|JAVA_.*|GRADLE_.*|DOTNET_.*|NUGET_.*|MIX_.*|HEX_.*|ELIXIR_.*|ERL_.*|CURL_.*|WGET.*|SSL_.*|OPENSSL_.*|GNUPGHOME|GIT_(?:DIR|SSH|AUTHOR|COMMITTER|CONFIG|TRACE|SSL|ASKPASS|TERMINAL).*|GREP_.*|TAR_.*|GZIP|BASH.*|ENV|IFS|SOURCE_DATE_EPOCH|DOCKER_.*|BUILDKIT_.*)$/i;

/** Whether a name is one that any program may look for. */
function isEveryonesName(name: string): boolean {
  return everyonesNames.test(name);
}

/** Whether the shell of a step reads a script before the command: a login shell, or one that is told to. */
function startsScripts({ environment, shell, instruction }: Step): boolean {
  if (instruction.kind === 'RUN' && instruction.form === 'exec') return false;
  const isLogin = (shell ?? []).slice(1).some((word) => /^(?:-[a-z]*l[a-z]*|--login)$/.test(word));
  return isLogin || environment.has('BASH_ENV') || environment.has('ENV');
}

/** What a RUN may do with the variables `names`, whose values nobody but the project's own code can be waiting for. */
export function readingOf(
  view: ReadView,
  node: StageNode,
  step: Step,
  names: ReadonlySet<string>,
): StepReading {
  const { fullSpan } = step.instruction;
  const text = view.dockerfile.text.slice(fullSpan.start, fullSpan.end);
  if (namesAny(text, names)) return { kind: 'named' };
  const commands = commandsOf(node, step, view.shell);
  if (commands === undefined || [...names].some(isEveryonesName)) return may;
  // All variables at once, or one by a name that is put together.
  if (/\/environ\b|\$\{!/.test(text)) return may;
  let unsure: StepReading = startsScripts(step)
    ? { kind: 'unsure', why: 'the shell runs a script of its own first' }
    : not;
  for (const command of commands) {
    const reading = envReading(command);
    if (reading === 'yes') return may;
    if (reading === 'unsure')
      unsure = { kind: 'unsure', why: `"${programOf(command)}" runs what others wrote` };
    if (reading === 'newest')
      unsure = { kind: 'unsure', why: `"${programOf(command)}" gets the newest less often then` };
    if (reading !== 'project' && reading !== 'python') continue;
    const found = reading === 'python' ? pythonReading(view, step, command) : nodeReading(view, step, names);
    if (found.kind === 'may') return may;
    if (found.kind === 'unsure') unsure = found;
  }
  return unsure;
}
