import { argumentsOf, isLiteral, programOf, type StepCommand } from './commands.js';
import { isToolHousekeeping } from './toolhousekeeping.js';

/** Programs that read nothing of a project, whatever their arguments. */
const SYSTEM = new Set([
  'apt-get',
  'apt',
  'apk',
  'yum',
  'dnf',
  'microdnf',
  'zypper',
  'apt-key',
  'adduser',
  'addgroup',
  'useradd',
  'groupadd',
  'usermod',
  'groupmod',
  'deluser',
  'delgroup',
  'userdel',
  'update-ca-certificates',
  'ldconfig',
  'locale-gen',
  'echo',
  'printf',
  'true',
  ':',
  'set',
  'export',
  'umask',
  'date',
  'id',
  'whoami',
  'uname',
  'sleep',
  'cd',
  'which',
  'hash',
  'nproc',
  'dpkg',
  'dpkg-reconfigure',
  'a2enmod',
  'a2dismod',
  'a2enconf',
  'docker-php-ext-install',
  'docker-php-ext-enable',
  'docker-php-ext-configure',
  'pecl',
  'install-php-extensions',
]);

/** Programs that only touch the paths they are given. */
const FILES = new Set(['rm', 'mkdir', 'touch', 'rmdir']);

/** Absolute places outside of any project: caches, temporary and system folders. */
const OUTSIDE =
  /^(~|\$HOME|\$\{HOME\}|\/(root|tmp|var|usr|etc|opt|home\/[^/]+)(?=\/\.|\/cache|\/lib|\/tmp|\/local|\/share|\/\*|$))(\/|$)/;

function isNpmHousekeeping(args: readonly string[]): boolean {
  if (args.some((a) => a === '-v' || a === '--version')) return true;
  const [verb, ...rest] = args.filter((a) => !a.startsWith('-'));
  if (args.some((a) => a.startsWith('--location') || a === '-L')) return false;
  if (verb === 'cache' || verb === 'config' || verb === 'set') return true;
  return (
    (verb === 'install' || verb === 'i') &&
    rest.length > 0 &&
    args.some((a) => a === '-g' || a === '--global') &&
    rest.every((r) => !/^[./~]/.test(r))
  );
}

/** Installs packages by name, for the machine and not for a project. */
function isGlobalByName(rest: readonly string[]): boolean {
  return rest.length > 0 && rest.every((word) => !/^[./~]|^file:/.test(word));
}

/** yarn, pnpm and bun: their caches and settings of the machine, tools installed for all. */
function isNodeHousekeeping(program: string, args: readonly string[]): boolean {
  if (args.length === 1 && /^(-v|-V|--version)$/.test(args[0] ?? '')) return true;
  const [verb = '', second = '', ...rest] = args.filter((a) => !a.startsWith('-'));
  const forAll = args.some((a) => a === '-g' || a === '--global');
  if (verb === 'cache') return /^(clean|clear|dir|list|delete|rm)$/.test(second);
  if (program === 'yarn') {
    if (verb === 'global') return second === 'add' && isGlobalByName(rest);
    // Keys with a dash are those of yarn 1, which keeps them for the user; later ones write .yarnrc.yml of the project.
    return verb === 'config' && second === 'set' && /^(registry|[a-z]+(-[a-z]+)+)$/.test(rest[0] ?? '');
  }
  const byName = [second, ...rest].filter((word) => word !== '');
  if (forAll && /^(add|install|i)$/.test(verb)) return isGlobalByName(byName);
  if (program === 'bun') return verb === 'pm' && second === 'cache';
  if (verb === 'store') return /^(prune|path|status)$/.test(second);
  return verb === 'config' && !args.some((a) => a.startsWith('--location'));
}

/** Without a version named it asks package.json of the project which manager to prepare. */
function isCorepackByName(args: readonly string[]): boolean {
  const [verb = '', ...rest] = args.filter((a) => !a.startsWith('-'));
  if (args.length === 1 && /^(-v|--version)$/.test(args[0] ?? '')) return true;
  if (/^(enable|disable|cache)$/.test(verb)) return true;
  return /^(prepare|install)$/.test(verb) && rest.length > 0 && isGlobalByName(rest);
}

function isPipByName(args: readonly string[]): boolean {
  const at = args.indexOf('install');
  if (at < 0) return args.includes('--version') || args.includes('cache');
  const rest = args.slice(at + 1);
  if (rest.some((a) => /^(-r|--requirement|-e|--editable|-c|--constraint|-t|--target)/.test(a))) return false;
  return rest
    .filter((a) => !a.startsWith('-'))
    .every((a) => /^[a-z][\w.-]*(\[[\w,.-]*\])?([<>=!~].*)?$/i.test(a));
}

/** Programs that only say what they are when asked for their version. */
const VERSIONED = /^(mvn|gradle|java|javac|ruby|gem|bundle|bundler|dotnet|node|npx|php|composer)$/;

function isVersionQuestion(program: string, args: readonly string[]): boolean {
  return (
    VERSIONED.test(program) && args.length === 1 && /^(-v|-version|--version|--info)$/.test(args[0] ?? '')
  );
}

/** Settings and tools of Composer that belong to the user, not to the project. */
function isComposerHousekeeping(args: readonly string[]): boolean {
  const [verb, ...rest] = args.filter((a) => !a.startsWith('-'));
  if (verb === 'self-update' || verb === 'selfupdate' || verb === 'clear-cache' || verb === 'clearcache')
    return true;
  if (verb === 'config') return args.includes('-g') || args.includes('--global');
  return verb === 'global' && rest[0] === 'require';
}

/** RubyGems and Bundler: gems installed by name, settings. */
function isRubyHousekeeping(program: string, args: readonly string[]): boolean {
  if (program !== 'gem') return args[0] === 'config' && args.length > 1;
  const [verb, ...rest] = args.filter((a) => !a.startsWith('-'));
  if (verb === 'update') return args.includes('--system');
  if (args.some((a) => /^(-g|--file)/.test(a))) return false;
  return (
    verb === 'install' &&
    rest.length > 0 &&
    rest.every((a) => /^[\w-]+([.:]\w+)*$/.test(a) && !a.endsWith('.gem'))
  );
}

/** Whether all paths given are absolute: an environment that is made in the project is noticed by its path. */
function isElsewhere(args: readonly string[]): boolean {
  const paths = args.filter((a) => !a.startsWith('-'));
  return paths.length > 0 && paths.every((a) => a.startsWith('/'));
}

/**
 * Whether a command surely reads nothing of the project and writes nothing into it: system packages, users, caches,
 * tools installed by name. Such a command may stand in the same RUN as an install, or between it and the source.
 */
export function isNeutral(command: StepCommand): boolean {
  if (command.words.length === 0)
    return command.assignments.every((a) => a.value === undefined || a.value.literal);
  if (command.inside.includes('substitution') || command.redirects.some((r) => r.operator.startsWith('<')))
    return false;
  const program = programOf(command);
  const args = argumentsOf(command);
  if (
    command.redirects.some(
      (r) => r.target !== undefined && !/^(\/dev\/|\/etc\/|\/tmp\/|[0-9&])/.test(r.target.value),
    )
  )
    return false;
  if (program === 'apt-get' || program === 'apt' || program === 'apk' || program === 'dpkg') {
    return isLiteralEnough(command) && !args.some((a) => /^\.?\.?\//.test(a) || /\.(deb|apk)$/.test(a));
  }
  if (SYSTEM.has(program)) return true;
  if (FILES.has(program)) return args.filter((a) => !a.startsWith('-')).every((a) => OUTSIDE.test(a));
  if (program === 'npm') return isLiteral(command) && isNpmHousekeeping(args);
  if (program === 'yarn' || program === 'pnpm' || program === 'bun')
    return isLiteral(command) && isNodeHousekeeping(program, args);
  if (program === 'corepack') return isCorepackByName(args);
  if (isVersionQuestion(program, args)) return true;
  if (program === 'composer') return isLiteral(command) && isComposerHousekeeping(args);
  if (program === 'gem' || /^bundler?$/.test(program))
    return isLiteral(command) && isRubyHousekeeping(program, args);
  if (/^pip[0-9.]*$/.test(program)) return isLiteral(command) && isPipByName(args);
  if (/^python[0-9.]*$/.test(program)) {
    if (args.length === 1 && /^(-V|--version)$/.test(args[0] ?? '')) return true;
    if (args[0] === '-m' && args[1] === 'venv') return isLiteral(command) && isElsewhere(args.slice(2));
    return isLiteral(command) && args[0] === '-m' && args[1] === 'pip' && isPipByName(args.slice(2));
  }
  if (program === 'uv')
    return (
      args[0] === '--version' ||
      args[0] === 'cache' ||
      (args[0] === 'python' && args[1] === 'install') ||
      (args[0] === 'venv' && isLiteral(command) && isElsewhere(args.slice(1)))
    );
  return isLiteral(command) && isToolHousekeeping(program, args);
}

/** Variables are fine in the words of apt and apk as long as they are no paths. */
function isLiteralEnough(command: StepCommand): boolean {
  return command.words.every((w) => w.literal || !/\$\(|`/.test(w.value));
}
