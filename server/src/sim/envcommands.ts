import { argumentsOf, programOf, type StepCommand } from './commands.js';
import { recognise } from './cost/recognise.js';

/**
 * Whether a program can read an environment variable that only the project knows: `no`; `unsure`: it runs what others
 * wrote, which hardly asks for it; `project`, `python`: it installs what a manifest of the project lists, which is to be
 * looked at; `newest`: it does not, but gets whatever is the newest, which a new value may be there for; `yes`: it may, or
 * nobody knows.
 */
export type EnvReading = 'no' | 'unsure' | 'project' | 'python' | 'newest' | 'yes';

/** Programs that do what their words say. */
const plainPrograms = new Set(
  (
    'apt-get apt aptitude apt-key apt-mark apt-cache apk yum dnf microdnf tdnf zypper pacman add-apt-repository rpm dpkg ' +
    'dpkg-reconfigure dpkg-divert debconf-set-selections gpg gpgconf curl wget unzip zip gzip gunzip xz bzip2 bunzip2 ' +
    'zstd 7z cpio cp mv ln mkdir rm rmdir touch chmod chown chgrp install cat echo printf sed grep egrep fgrep head tail ' +
    'cut sort uniq tr tee wc test [ [[ true false : cd pushd popd umask sleep ls stat du df id whoami uname nproc arch ' +
    'getent useradd groupadd adduser addgroup usermod groupmod userdel groupdel deluser delgroup passwd chpasswd ' +
    'update-ca-certificates update-alternatives ldconfig locale-gen readlink basename dirname realpath mktemp sha256sum ' +
    'sha512sum sha1sum md5sum shasum cksum patch which hash type exit return wait shift local read kill expr seq diff ' +
    'cmp openssl ssh-keyscan ssh-keygen a2enmod a2dismod a2enconf a2ensite a2dissite docker-php-ext-install ' +
    'docker-php-ext-enable docker-php-ext-configure pecl install-php-extensions microdnf fc-cache setcap strip file ' +
    'export unset date hostname ldd rsync rustup xx-apt xx-apt-get xx-apk xx-verify xx-info freetype-config localedef'
  ).split(' '),
);

/** Those of a system: a package that lies there may be the project's own. */
const packageManagers = new Set('apt-get apt apk yum dnf microdnf tdnf zypper rpm dpkg'.split(' '));

/** Whether a command takes no time worth speaking of: changing owners and modes is felt in bytes. */
export function isCheap(command: StepCommand): boolean {
  if (command.words.length === 0 || /^(?:chmod|chown|chgrp|cp|mv)$/.test(programOf(command))) return true;
  return recognise(command).kind === 'light';
}

function verbs(args: readonly string[]): readonly string[] {
  return args.filter((a) => !a.startsWith('-'));
}

const versionOnly = /^(?:-v|-V|--version|version|--help)$/;

function isPath(word: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}(?:\[|$)|file:|\$)/.test(word);
}

/** Of npm, yarn, pnpm and bun: an install runs the project's scripts unless it is told not to, or installs by name. */
function nodeReading(program: string, args: readonly string[]): EnvReading {
  const [verb = '', ...rest] = verbs(args);
  const harmless =
    /^(?:cache|config|set|view|info|prune|store|fetch|import|audit|why|ls|list|root|bin|login)$/;
  if (harmless.test(verb)) return 'no';
  const globally = args.some((a) => /^(?:-g|--global)$/.test(a)) || (program === 'yarn' && verb === 'global');
  const names = program === 'yarn' && verb === 'global' ? rest.slice(1) : rest;
  if (globally) return names.some(isPath) ? 'yes' : 'no';
  const installs =
    verb === '' ? program === 'yarn' : /^(?:ci|clean-install|install|i|add|install-clean)$/.test(verb);
  if (!installs) return 'yes';
  return args.includes('--ignore-scripts') ? 'no' : 'project';
}

/** Of pip: a project that is built runs its own code; requirements and names are others'. */
function pipReading(args: readonly string[]): EnvReading {
  const [verb = '', ...rest] = verbs(args);
  if (/^(?:config|cache|list|show|freeze|check|uninstall)$/.test(verb)) return 'no';
  if (!/^(?:install|download|wheel|sync|compile)$/.test(verb)) return 'yes';
  if (args.some((a) => /^(?:-e|--editable)/.test(a))) return 'yes';
  const valued =
    /^(?:-r|--requirement|-c|--constraint|-t|--target|--prefix|--root|-f|--find-links|--cache-dir|-d|--dest|-w|--wheel-dir|--python|--report|--log)$/;
  const isLocal = (word: string): boolean =>
    isPath(word) || word.includes('file:') || (word.includes('/') && !word.includes('://'));
  const paths = rest.filter((word) => isLocal(word) && !valued.test(args[args.indexOf(word) - 1] ?? ''));
  if (!paths.every((word) => /\.(?:whl|txt)$/.test(word))) return 'yes';
  return args.some((a) => /^(?:-r|--requirement)/.test(a)) || verb === 'sync' ? 'python' : 'no';
}

function uvReading(args: readonly string[]): EnvReading {
  const [verb = '', inner = ''] = verbs(args);
  if (verb === 'pip') return pipReading(args.slice(args.indexOf('pip') + 1));
  if (verb === 'sync')
    return args.includes('--no-install-project') || args.includes('--no-install-workspace')
      ? 'python'
      : 'yes';
  if (/^(?:python|venv|cache|lock|export|self)$/.test(verb)) return 'no';
  return verb === 'tool' && inner === 'install' ? 'unsure' : 'yes';
}

function goReading(args: readonly string[]): EnvReading {
  const [verb = '', ...rest] = verbs(args);
  if (/^(?:mod|version|env|build|vet|clean|list)$/.test(verb)) return 'no';
  return verb === 'install' && rest.length > 0 && rest.every((word) => word.includes('@')) ? 'no' : 'yes';
}

function cargoReading(args: readonly string[]): EnvReading {
  const [verb = '', inner = ''] = verbs(args.filter((a) => !a.startsWith('+')));
  if (/^(?:fetch|vendor|init|new|search|login|metadata)$/.test(verb)) return 'no';
  if (verb === 'chef') return inner === 'prepare' ? 'no' : 'unsure';
  return verb === 'install' && !args.includes('--path') ? 'unsure' : 'yes';
}

function gitReading(args: readonly string[]): EnvReading {
  const [verb = ''] = verbs(args);
  if (args.includes('foreach')) return 'yes';
  if (verb === 'clone') return clonesOneState(args) ? 'no' : 'yes';
  return /^(?:config|init|checkout|submodule|reset|clean|lfs|remote|add)$/.test(verb) ? 'no' : 'yes';
}

/** Whether `git clone` gets the same with every run: of any other the value is likely to be what makes it get the newest. */
function clonesOneState(args: readonly string[]): boolean {
  return args.some((arg, i) => {
    const branch =
      /^--branch=(.*)$/.exec(arg)?.[1] ?? (/^(?:-b|--branch)$/.test(arg) ? args[i + 1] : undefined);
    return branch !== undefined && /\d/.test(branch);
  });
}

/** A program that is written out and asks for nothing; ENVIRON holds all variables. */
function awkReading(args: readonly string[]): EnvReading {
  return args.some(
    (a) => /ENVIRON|system\(|getline|\|/.test(a) || /^(?:-[fEiv]|--(?:file|exec|include))/.test(a),
  )
    ? 'yes'
    : 'no';
}

/** An environment file may list the project itself for pip. */
function condaReading([verb = '', inner = '']: readonly string[]): EnvReading {
  if (/^(?:run|build)$/.test(verb)) return 'yes';
  return verb === 'env' && /^(?:create|update)$/.test(inner) ? 'unsure' : 'no';
}

const byProgram: Readonly<Record<string, (args: readonly string[]) => EnvReading>> = {
  npm: (args) => nodeReading('npm', args),
  yarn: (args) => nodeReading('yarn', args),
  pnpm: (args) => nodeReading('pnpm', args),
  bun: (args) => nodeReading('bun', args),
  uv: uvReading,
  go: goReading,
  cargo: cargoReading,
  git: gitReading,
  poetry: (args) => {
    const [verb = ''] = verbs(args);
    if (/^(?:config|self|lock|export|cache|check)$/.test(verb)) return 'no';
    return verb === 'install' && args.includes('--no-root') ? 'python' : 'yes';
  },
  corepack: (args) =>
    /^(?:enable|disable|prepare|install|use|up|hydrate|pack|cache)$/.test(args[0] ?? '') ? 'no' : 'yes',
  awk: awkReading,
  gawk: awkReading,
  mawk: awkReading,
  jq: (args) =>
    args.some((a) => /^(?:-[a-zA-Z]*f|--from-file)|\benv\b|\$ENV\b|\$__prog/.test(a)) ? 'yes' : 'no',
  tar: (args) => (args.some((a) => /^--(?:checkpoint-action|to-command)/.test(a)) ? 'yes' : 'no'),
  gem: (args) =>
    /^(?:update|sources|cleanup)$/.test(args[0] ?? '') ? 'no' : args[0] === 'install' ? 'unsure' : 'yes',
  composer: (args) => {
    const [verb = ''] = verbs(args);
    if (/^(?:self-update|config|clear-cache|clearcache|diagnose)$/.test(verb)) return 'no';
    return /^(?:install|update|require|dump-autoload|dumpautoload)$/.test(verb) &&
      args.includes('--no-scripts')
      ? 'no'
      : 'yes';
  },
  bundle: (args) =>
    /^(?:config|clean|lock)$/.test(args[0] ?? '')
      ? 'no'
      : args[0] === 'install' || args.length === 0
        ? 'unsure'
        : 'yes',
  mix: (args) => (/^local\./.test(args[0] ?? '') ? 'no' : args[0] === 'deps.get' ? 'unsure' : 'yes'),
  conda: condaReading,
  mamba: condaReading,
  micromamba: condaReading,
  mvn: (args) => (args.some((a) => /dependency:(?:go-offline|resolve)/.test(a)) ? 'unsure' : 'yes'),
  dotnet: (args) => (/^(?:tool|workload|nuget|--info)$/.test(args[0] ?? '') ? 'no' : 'yes'),
  // With words of their own these two list or set variables.
  set: (args) => (args.length > 0 ? 'no' : 'yes'),
  exec: (args) => (args.length === 0 ? 'no' : 'yes'),
};

/** What a shell that is fed a script runs: others' installers. */
function shellReading(command: StepCommand): EnvReading {
  const args = verbs(argumentsOf(command));
  return command.joined === '|' && (args.length === 0 || argumentsOf(command).includes('-s'))
    ? 'unsure'
    : 'yes';
}

/** What the command does whose program is the word at `at`. */
function innerReading(command: StepCommand, at: number): EnvReading {
  return at < 1 || at >= command.words.length
    ? 'no'
    : envReading({ ...command, words: command.words.slice(at) });
}

const upgrades = new Set(
  'upgrade dist-upgrade full-upgrade system-upgrade update-minimal distro-sync'.split(' '),
);

/** Whether a command gets whatever is the newest at the time, beyond packages that are named. */
function getsNewest(program: string, args: readonly string[]): boolean {
  if (packageManagers.has(program))
    return (
      args.some((a) => upgrades.has(a)) ||
      (/^(?:yum|dnf|microdnf|tdnf)$/.test(program) && args.includes('update'))
    );
  if (program === 'curl' || program === 'wget')
    return args.some((a) =>
      /[/=_-](?:latest|nightly|snapshots?|main|master|HEAD|develop)(?:[/._?-]|$)/i.test(a),
    );
  return args.some((a) => /[^/]@(?:latest|next|canary|main|master|HEAD)$/.test(a));
}

/** Whether the program is one of the system or an installed one, going by its path: any other of the name is the project's own. */
function isInstalled({ words: [word] }: StepCommand, isPlain: boolean): boolean {
  const path = word?.value ?? '';
  if (!path.includes('/') || /^\/(?:usr\/(?:local\/)?)?s?bin\//.test(path)) return true;
  return !isPlain && /^(?:[/~]|\$\{?HOME)|venv\/bin\//.test(path);
}

/** What `command` may do with an environment variable that its words do not name. */
export function envReading(command: StepCommand): EnvReading {
  if (command.words.length === 0) return 'no';
  const program = programOf(command);
  const args = argumentsOf(command);
  if (program === '') return 'yes';
  if (program === 'export' && (args.length === 0 || args[0] === '-p')) return 'yes';
  const own = Object.hasOwn(byProgram, program) ? byProgram[program] : undefined;
  const isPlain = own === undefined && plainPrograms.has(program);
  if (!isInstalled(command, isPlain)) return 'yes';
  if (packageManagers.has(program) && args.some((a) => isPath(a) || /\.(?:deb|rpm|apk)$/.test(a)))
    return 'unsure';
  if (isPlain) return getsNewest(program, args) ? 'newest' : 'no';
  if (own !== undefined) {
    if (args.length > 0 && args.every((a) => versionOnly.test(a))) return 'no';
    const reading = own(args);
    return reading === 'no' && getsNewest(program, args) ? 'newest' : reading;
  }
  if (/^pip[0-9.]*$/.test(program)) return pipReading(args);
  if (/^python[0-9.]*$/.test(program)) {
    if (args[0] === '-m' && args[1] === 'pip') return pipReading(args.slice(2));
    if (args[0] === '-m' && args[1] === 'venv') return 'no';
    if (command.joined === '|' && verbs(args).length === 0) return 'unsure';
  }
  if (/^(?:sh|bash|ash|dash)$/.test(program)) return shellReading(command);
  if (program === 'find') {
    const at = args.findIndex((a) => /^-(?:exec|execdir|ok|okdir)$/.test(a));
    return at < 0 ? 'no' : innerReading(command, at + 2);
  }
  if (program === 'xargs')
    return innerReading(command, args.findIndex((a) => !a.startsWith('-') && !/^\d+$|^\{\}$/.test(a)) + 1);
  if (program === '.' || program === 'source')
    return /^(?:\/(?:opt|root|usr|etc)\/|\$\{?HOME\}?\/\.|~\/\.)/.test(args[0] ?? '') ? 'unsure' : 'yes';
  // Of a program nobody knows, other words may be targets or mean something else (`make version`, `compgen -v`).
  return args.length > 0 && args.every((a) => a === '--version') ? 'no' : 'yes';
}
