import { isInside, joinPath } from '../text/paths.js';
import { inFolder } from './commands.js';
import { broughtFrom, type CopyContext, type LocalCopy } from './copies.js';
import type { Step } from './model.js';

const SYSTEM =
  /^\/($|(etc|bin|sbin|lib\w*|boot|dev|proc|sys|run|usr\/(bin|sbin|lib\w*|share|local\/(bin|sbin|etc|lib|share)))(\/|$))/;
const HOME = /^\/(root|home\/[^/]+)$/;

/** Whether a copy goes where programs find settings, certificates and other programs: an install may read what it brings. */
export function goesIntoSystem(copy: LocalCopy): boolean {
  return SYSTEM.test(copy.destination);
}

/** Whether a copy goes into somebody's home folder, where settings of package managers lie. */
export function goesHome(copy: LocalCopy, step: Step): boolean {
  return HOME.test(copy.destination) || step.environment.get('HOME') === copy.destination;
}

/** What package managers, git and ssh read in a home folder. */
const SETTINGS = [
  '.npmrc',
  '.netrc',
  '.pip',
  '.config/pip',
  '.config/uv',
  '.config/git',
  '.gitconfig',
  '.git-credentials',
  '.ssh',
  '.pydistutils.cfg',
];

/** Variables that name files which any download may read, or places where programs are looked for. */
const NAMES_FILES =
  /^(NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NPM_CONFIG_\w+|APT_CONFIG|PIP_\w+|UV_\w+|YARN_\w+|PYTHON(PATH|HOME|STARTUP)|NODE_(PATH|OPTIONS)|GNUPGHOME|OPENSSL_CONF|PHPRC|PHP_INI_SCAN_DIR|GIT_SSH(_COMMAND)?|GIT_CONFIG_GLOBAL|GIT_SSL_CAINFO|GIT_ASKPASS|SSH_ASKPASS|GIT_CONFIG_SYSTEM|NETRC|HOME|XDG_CONFIG_HOME|PATH|LD_LIBRARY_PATH|LD_PRELOAD|BASH_ENV|ENV|COMPOSER_(HOME|AUTH)|POETRY_CONFIG_DIR|RUBYOPT|RUBYLIB|GEMRC|BUNDLE_(APP|USER)_CONFIG|BUNDLE_USER_HOME|GO(ENV|PROXY|ROOT)|MAVEN_(OPTS|ARGS|CONFIG)|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|GRADLE_(OPTS|USER_HOME)|CARGO_HOME|RUSTUP_HOME|RUSTC(_WORKSPACE)?(_WRAPPER)?)$/i;

/** Whether a variable may name files that a download reads, or programs. */
export function namesFiles(name: string): boolean {
  return NAMES_FILES.test(name);
}

/** What of the value of a variable may be paths: `-r./hook.rb`, `-javaagent:/app/agent.jar`, `file:///app/proxy`. */
export function partsIn(value: string): string[] {
  return value
    .split(/[:\s=,]+/)
    .map((part) => part.replace(/^-[a-zA-Z](?=[./])/, ''))
    .filter((part) => part.includes('/') || /\.\w+$/.test(part));
}

/** Modules that Python loads at its start from wherever PYTHONPATH leads. */
const PYTHON_START = ['sitecustomize.py', 'usercustomize.py'];

/** The parts of a variable; where only the base image knows the whole (`/app/bin:$PATH`), those that the steps `before` give it. */
function partsOf(name: string, step: Step, before: readonly Step[]): string[] {
  const value = step.environment.get(name);
  if (value !== undefined) return partsIn(value);
  return before.flatMap(({ instruction: one }) => {
    const set = one.kind === 'ENV' ? one.pairs : one.kind === 'ARG' ? one.declarations : [];
    const written = set.flatMap((pair) => (pair.name === name ? (pair.value?.raw ?? []) : []));
    const parts = written.flatMap((raw) => partsIn(raw.replace(/["']/g, '')));
    return parts.flatMap((part) => step.expand(part) ?? []);
  });
}

/**
 * Why an install may read more of `moved` than its manifests: settings in a home folder, files that variables name. `before`:
 * the steps ahead of it, those of the stages below too.
 */
export function surroundingReasons(
  moved: readonly LocalCopy[],
  known: ReadonlySet<string>,
  step: Step,
  folder: string,
  context: CopyContext,
  before: readonly Step[],
): string[] {
  const out: string[] = [];
  for (const copy of moved) {
    if (goesIntoSystem(copy))
      out.push(`the source is copied into ${copy.destination}, where programs look for settings`);
    const setting = SETTINGS.find((name) => {
      const path = joinPath(copy.destination, name);
      return !known.has(path) && broughtFrom(copy, path, context) !== undefined;
    });
    if (goesHome(copy, step) && setting !== undefined) out.push(`${setting} in the home folder may be read`);
    for (const name of step.environment.keys()) {
      if (!NAMES_FILES.test(name)) continue;
      const named = partsOf(name, step, before)
        .map((part) => inFolder(folder, part))
        .flatMap((path) =>
          name === 'PYTHONPATH' ? [path, ...PYTHON_START.map((file) => joinPath(path, file))] : path,
        )
        .find(
          (path) =>
            path !== copy.destination && !known.has(path) && broughtFrom(copy, path, context) !== undefined,
        );
      if (named !== undefined) out.push(`${name} names ${named}`);
    }
  }
  return out;
}

/** Whether one of the paths a command names lies inside what `moved` copies; `~` may be any home folder. */
export function namesMoved(words: readonly string[], moved: readonly LocalCopy[]): boolean {
  return words.some((word) => {
    const home = /^(~|\$HOME|\$\{HOME\})(\/|$)/.test(word);
    return moved.some((copy) =>
      home
        ? /^\/(root|home)(\/|$)/.test(copy.destination)
        : word.startsWith('/') && isInside(copy.destination, joinPath('/', word)),
    );
  });
}
