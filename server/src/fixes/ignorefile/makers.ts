import { argumentsOf, inFolder, programOf, type StepCommand } from '../../sim/commands.js';
import { installOf } from '../../sim/installs.js';
import type { Step } from '../../sim/model.js';
import { dirName, isInside } from '../../text/paths.js';
import { type Maker, type Making, worksIn } from './made.js';

function words(command: StepCommand): readonly string[] {
  return argumentsOf(command).filter((a) => !a.startsWith('-'));
}

/** Whether a command of a node package manager leaves a part out. */
export function setsProduction(command: StepCommand, step: Step): boolean {
  const assigned = command.assignments.find((a) => a.name === 'NODE_ENV')?.value?.value;
  const variable = assigned ?? step.environment.get('NODE_ENV');
  const flags = argumentsOf(command).join(' ');
  if (/--(include|also)[ =]dev|--production[ =]false|--prod[ =]false/.test(flags)) return false;
  return (
    variable === 'production' ||
    /--omit|--production|--prod\b|--only[ =]prod|-P\b|--no-dev|--no-optional|--filter|--workspace|-w\b|focus/.test(
      flags,
    )
  );
}

/** The folder a node package manager works in, options counted. */
function nodeFolder(command: StepCommand): string | undefined {
  const args = argumentsOf(command);
  const at = args.findIndex((a) => /^(--prefix|--cwd|-C|--dir)$/.test(a));
  const inline = args.map((a) => /^(?:--prefix|--cwd|--dir)=(.*)$/.exec(a)?.[1]).find((a) => a !== undefined);
  const named = inline ?? (at < 0 ? undefined : args[at + 1]);
  if (command.folder === undefined) return undefined;
  return named === undefined ? command.folder : inFolder(command.folder, named);
}

const otherInstalls: Readonly<Record<string, RegExp>> = {
  yarn: /^(install)?$/,
  pnpm: /^(install|i|ci)$/,
  bun: /^(install|i|ci)$/,
};

function nodeInstall(command: StepCommand): string | undefined {
  const program = programOf(command);
  const install = program === 'npm' ? installOf(command) : undefined;
  if (install !== undefined) return install.what === 'npm-ci' ? 'npm ci' : 'npm install';
  const verbs = words(command);
  const verb = verbs[0] ?? '';
  const known = otherInstalls[program];
  if (
    known === undefined ||
    !known.test(verb) ||
    /(^| )(-g|--global)( |$)/.test(argumentsOf(command).join(' '))
  )
    return undefined;
  // Anything after the verb is a package to add, or the value of an option such as --cwd.
  return `${program} install`;
}

/** node_modules by the package managers of node: in the folder of the install, and below it in a workspace. */
export function nodeModules(workspace: boolean): Maker {
  return (command, step, at) => {
    const by = nodeInstall(command);
    const folder = by === undefined ? undefined : nodeFolder(command);
    if (by === undefined || folder === undefined) return undefined;
    const project = dirName(at);
    if (folder !== project && !(workspace && isInside(folder, project))) return undefined;
    return { by, replaces: by === 'npm ci', partial: setsProduction(command, step) };
  };
}

const nodePrograms =
  /^(node|npm|npx|yarn|yarnpkg|pnpm|pnpx|bun|bunx|corepack|tsc|ts-node|tsx|next|vite|webpack|ng|nest|jest|vitest|nodemon|pm2|pm2-runtime|turbo|nx|lerna|prisma|deno|make|gulp|grunt|sh|bash|su-exec|gosu|dumb-init|tini)$/;

/** Whether a command may load node packages: those of node, and what may run anything. */
export function usesNode(command: StepCommand): boolean {
  // `[ -d node_modules ] || npm ci`, `cp -r node_modules`: what is there decides what comes out.
  const named = command.words.some(({ value }) => /(^|\/)node_modules(\/|$)/.test(value));
  if (named && !/^(rm|rmdir|mkdir|chown|chmod|chgrp|export)$/.test(programOf(command))) return true;
  if (nodePrograms.test(programOf(command))) return true;
  return /[/.]/.test(command.words[0]?.value ?? '') || command.words[0]?.literal === false;
}

/** Whether a command may load packages for development: as `usesNode`, but a plain `node file` runs what production runs. */
export function wantsDevelopmentPackages(command: StepCommand): boolean {
  const [file = '', ...more] = argumentsOf(command);
  const plain =
    programOf(command) === 'node' && /^[\w./-]+$/.test(file) && !more.some((a) => a.startsWith('-'));
  return !plain && usesNode(command);
}

/** Anything that is not known to leave the project alone. */
export function usesAnything(): boolean {
  return true;
}

function simple(by: string, partial = false, replaces = false): Making {
  return { by, partial, replaces };
}

export const composerVendor: Maker = (command, _, at) => {
  if (!/^(composer|composer\.phar)$/.test(programOf(command)) && installOf(command)?.manager !== 'composer')
    return undefined;
  const args = argumentsOf(command);
  const verb = words(command).find((w) => /^(install|i|update|u)$/.test(w));
  const directory = args.map((a) => /^(?:--working-dir=|-d)(.+)$/.exec(a)?.[1]).find((a) => a !== undefined);
  const folder =
    directory === undefined || command.folder === undefined
      ? command.folder
      : inFolder(command.folder, directory);
  if (verb === undefined || folder !== dirName(at)) return undefined;
  // What the lock file does not list is taken out again; an autoloader that is not written stays as it was.
  const keepsLoader = args.includes('--no-autoloader');
  return simple(`composer ${verb}`, args.includes('--no-dev') || keepsLoader, !keepsLoader);
};

export const cargoTarget: Maker = (command, step, at) => {
  if (programOf(command) !== 'cargo' || step.environment.has('CARGO_TARGET_DIR')) return undefined;
  const args = argumentsOf(command);
  const verb = words(command).find((w) => !w.startsWith('+')) ?? '';
  if (!/^(build|b|rustc|run|r|test|t|check|c|clippy|leptos|pgrx|auditable|zigbuild|chef)$/.test(verb))
    return undefined;
  if (args.some((a) => /--target-dir|--manifest-path/.test(a)) || (verb === 'chef' && !args.includes('cook')))
    return undefined;
  return worksIn(command, at) ? simple(`cargo ${verb}`) : undefined;
};

export const mavenTarget: Maker = (command, _, at) => {
  if (!/^mvnw?$/.test(programOf(command))) return undefined;
  const goal = words(command).find((w) => /^(compile|package|verify|install|deploy|test)$/.test(w));
  const below = command.folder !== undefined && isInside(command.folder, dirName(at));
  return goal !== undefined &&
    below &&
    !argumentsOf(command).some((a) => /^(-f|--file|-pl|--projects)/.test(a))
    ? simple(`mvn ${goal}`)
    : undefined;
};

export const gradleBuild: Maker = (command, _, at) => {
  if (!/^gradlew?$/.test(programOf(command))) return undefined;
  const task = words(command).find((w) =>
    /^(build|assemble|bootJar|jar|shadowJar|installDist|classes|war|bootWar|distZip|quarkusBuild)$/.test(w),
  );
  const below = command.folder !== undefined && isInside(command.folder, dirName(at));
  return task !== undefined && below && !argumentsOf(command).some((a) => /^(-p|--project-dir)/.test(a))
    ? simple(`gradle ${task}`)
    : undefined;
};

export const dotnetFolders: Maker = (command, _, at) => {
  if (programOf(command) !== 'dotnet') return undefined;
  const verb = words(command)[0] ?? '';
  if (!/^(build|publish|pack)$/.test(verb) || command.folder === undefined) return undefined;
  return isInside(command.folder, dirName(at)) ? simple(`dotnet ${verb}`) : undefined;
};

export const mixFolders: Maker = (command, step, at) => {
  if (programOf(command) !== 'mix' || command.folder !== dirName(at)) return undefined;
  const text = words(command).join(' ');
  const making = at.endsWith('/deps')
    ? /\bdeps\.get\b|^setup\b/
    : /\b(compile|deps\.compile|release|assets\.deploy)\b/;
  return making.test(text) &&
    !step.environment.has('MIX_BUILD_PATH') &&
    !step.environment.has('MIX_DEPS_PATH')
    ? simple(`mix ${words(command)[0] ?? ''}`)
    : undefined;
};

/** A virtual environment at that place by venv, virtualenv or uv; by pipenv and poetry only where they are told to put it there. */
export const virtualEnvironment: Maker = (command, step, at) => {
  const { folder } = command;
  if (folder === undefined) return undefined;
  const program = programOf(command);
  const args = argumentsOf(command);
  const places = words(command).map((w) => inFolder(folder, w));
  if (/^python[0-9.]*$/.test(program) && args[0] === '-m' && /^(venv|virtualenv)$/.test(args[1] ?? ''))
    return places.includes(at) ? simple('python -m venv') : undefined;
  if (program === 'virtualenv') return places.includes(at) ? simple('virtualenv') : undefined;
  if (program !== 'uv') return undefined;
  if (args[0] === 'venv')
    return (places.length > 1 ? places.includes(at) : at === `${folder}/.venv`)
      ? simple('uv venv')
      : undefined;
  const placed = step.environment.get('UV_PROJECT_ENVIRONMENT');
  const made = placed === undefined ? `${folder}/.venv` : inFolder(folder, placed);
  const partial =
    args.some((a) => /^--(no-dev|only-group|no-default-groups|package)$/.test(a)) ||
    step.environment.has('UV_NO_DEV');
  return args[0] === 'sync' && made === at ? simple('uv sync', partial) : undefined;
};
