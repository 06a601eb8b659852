import { composerLocked } from '../../syntax/manifests/locks/composer.js';
import type { LockedPackages } from '../../syntax/manifests/locks/model.js';
import { type ComposerManifest, parseComposerJson } from '../../syntax/manifests/php.js';
import { baseName, dirName, joinPath } from '../../text/paths.js';
import { inFolder, isLiteral, programOf } from '../commands.js';
import { unwrapped } from '../devtools.js';
import type { Install } from '../installs/model.js';
import { variablesOf } from '../installs/variables.js';
import type { Start } from '../start.js';
import type {
  Choice,
  DevelopmentManager,
  DevelopmentPart,
  InstallPlace,
  LaterCommand,
  MissingTool,
} from './model.js';
import { chainOf } from './nodescripts.js';
import { commandsBefore, hasPlainBase } from './place.js';

function choiceOf(install: Install, place: InstallPlace): Choice | undefined {
  const variables = variablesOf(install.command, place.step, place.commands);
  if (variables.has('COMPOSER') || variables.has('COMPOSER_VENDOR_DIR')) return undefined;
  if (/COMPOSER_NO_DEV|COMPOSER=|COMPOSER_VENDOR_DIR/.test(commandsBefore(place))) return undefined;
  const words = install.command.words.filter((w) => w.value === '--no-dev');
  const variable = variables.get('COMPOSER_NO_DEV');
  if (variables.has('COMPOSER_NO_DEV') && variable === undefined) return undefined;
  const off = variable === undefined || /^(0|false|)$/i.test(variable);
  // `--dev` does nothing any more; a variable before the command wins over ENV (measured with Composer 2.5).
  const undo = off ? undefined : { variable: 'COMPOSER_NO_DEV=0' };
  if (words.length > 0) return { by: '--no-dev', words, undo };
  if (!off) return { by: `COMPOSER_NO_DEV=${variable}`, words: [], undo };
  return install.flags.includes('--dev') ? 'asked' : 'default';
}

function composerPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  if (!hasPlainBase(place)) return undefined;
  const choice = choiceOf(install, place);
  const manifest = place.files.parsed(joinPath(install.folder, 'composer.json'), parseComposerJson);
  if (choice === undefined || manifest === undefined) return undefined;
  const locked = place.files.parsed(joinPath(install.folder, 'composer.lock'), composerLocked);
  const names = new Set(
    Object.keys(manifest.requireDev).filter(
      (n) =>
        n.includes('/') && manifest.require[n] === undefined && locked?.runtime.has(n.toLowerCase()) !== true,
    ),
  );
  if (names.size === 0) return undefined;
  // Symfony runs in the environment `dev` unless told otherwise, with bundles that only development installs.
  const environment = place.graph.target?.steps.at(-1)?.environment.get('APP_ENV');
  if (place.shipped.exists(joinPath(install.folder, 'config/bundles.php')) && environment !== 'prod')
    return undefined;
  const runsScripts =
    !install.flags.includes('--no-scripts') && manifest.scripts.some((s) => /^(pre|post)-/.test(s));
  return {
    folder: joinPath(install.folder, 'vendor'),
    names,
    choice,
    flag: '--no-dev',
    prune: runsScripts ? undefined : pruneOf(install),
    variable: undefined,
    obstacle: runsScripts ? 'scripts of composer.json run during the install and may use them' : undefined,
    startNeedsDev,
    bringsNothing: () => false,
    missingIn: (later) => missingTool(later, { manifest, names, locked }),
  };
}

/** The install again, without development dependencies: it takes them out (measured with Composer 2.5). */
function pruneOf({ flags, command, unsure, folder }: Install): string | undefined {
  const program = command.words[0]?.value ?? '';
  if (unsure || !/^(\/usr\/(local\/)?bin\/)?composer$/.test(program) || folder !== command.folder)
    return undefined;
  return [program, 'install', '--no-dev', ...flags.filter((f) => f !== '--dev')].join(' ');
}

const PHP_SERVERS = new Set(['php-fpm', 'apache2-foreground', 'frankenphp', 'docker-php-entrypoint']);

function startNeedsDev(start: Start): boolean {
  if (start === 'none') return false;
  if (start === 'unknown') return true;
  return start.some((c) => {
    const words = unwrapped(c.words.map((w) => w.value)).filter((w) => w !== 'docker-php-entrypoint');
    return (
      words.length > 0 &&
      !PHP_SERVERS.has(words[0] ?? '') &&
      !/^\/?([\w-]+\/)*[\w-]+\.php$/.test(words[1] ?? '')
    );
  });
}

interface ComposerProject {
  readonly manifest: ComposerManifest;
  readonly names: ReadonlySet<string>;
  readonly locked: LockedPackages | undefined;
}

/** Packages of programs, as their composer.json files say; asked where there is no lock file. */
const BROUGHT_BY: Readonly<Record<string, string>> = {
  phpunit: 'phpunit/phpunit',
  'simple-phpunit': 'symfony/phpunit-bridge',
  pest: 'pestphp/pest',
  paratest: 'brianium/paratest',
  phpstan: 'phpstan/phpstan',
  psalm: 'vimeo/psalm',
  phpcs: 'squizlabs/php_codesniffer',
  phpcbf: 'squizlabs/php_codesniffer',
  'php-cs-fixer': 'friendsofphp/php-cs-fixer',
  rector: 'rector/rector',
  pint: 'laravel/pint',
  ecs: 'symplify/easy-coding-standard',
  behat: 'behat/behat',
  codecept: 'codeception/codeception',
  infection: 'infection/infection',
  phpmd: 'phpmd/phpmd',
  phpspec: 'phpspec/phpspec',
};

/** Where `php` is given its file: after options, of which `-d` may take a word. */
function fileAt(words: readonly string[]): number {
  const at = words.findIndex((w, i) => i > 0 && !w.startsWith('-') && words[i - 1] !== '-d');
  return at < 0 ? words.length : at;
}

/** Programs of vendor/bin that a command starts, with the script it comes from. */
function programs(
  words: readonly string[],
  at: string,
  later: LaterCommand,
  manifest: ComposerManifest,
): { readonly program: string; readonly via: readonly string[] }[] {
  let rest = unwrapped(words);
  const program = baseName(rest[0] ?? '');
  if (program === 'php') rest = rest.slice(fileAt(rest));
  const path = inFolder(at, rest[0] ?? '');
  if ((rest[0] ?? '').includes('/') && dirName(path) === joinPath(later.folder, 'bin'))
    return [{ program: baseName(path), via: [] }];
  if (program !== 'composer' || at !== dirName(later.folder)) return [];
  const args = rest.slice(1).filter((a) => !/^(-n|-q|--no-interaction|--quiet|--no-ansi|--ansi)$/.test(a));
  const verb = args[0] === 'run-script' || args[0] === 'run' ? args[1] : args[0];
  if (args[0] === 'exec') return args[1] === undefined ? [] : [{ program: args[1], via: [] }];
  const name = verb ?? '';
  const lines = manifest.commands[name] ?? [];
  const first = chainOf(lines[0] ?? '')?.[0] ?? [];
  const started = baseName(first[0] ?? '');
  return started === '' || started.startsWith('@') ? [] : [{ program: started, via: [name] }];
}

function missingTool(later: LaterCommand, project: ComposerProject): MissingTool | undefined {
  const { command } = later;
  const { manifest, names, locked } = project;
  if (!isLiteral(command) || command.folder === undefined || programOf(command) === '') return undefined;
  for (const { program, via } of programs(
    command.words.map((w) => w.value),
    command.folder,
    later,
    manifest,
  )) {
    const owners = locked?.programs.get(program) ?? (locked === undefined ? [BROUGHT_BY[program]] : []);
    const owner = owners.find((o) => o !== undefined && names.has(o));
    const platformOnly = Object.keys(manifest.require).every((n) => !n.includes('/'));
    if (owner === undefined || owners.some((o) => o !== undefined && locked?.runtime.has(o))) continue;
    if (locked !== undefined || platformOnly || BROUGHT_BY[program] === owner)
      return { tool: via.length > 0 ? program : `vendor/bin/${program}`, package: owner, via, named: true };
  }
  return undefined;
}

/** Composer: `--no-dev` or COMPOSER_NO_DEV. */
export const composer: DevelopmentManager = { name: 'composer', partOf: composerPart };
