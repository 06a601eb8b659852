import { normalizeName, type PyProject, parseExtras, parsePyproject } from '../../syntax/manifests/python.js';
import { baseName, dirName, isInside, joinPath, relativePath } from '../../text/paths.js';
import { inFolder } from '../commands.js';
import type { Install } from '../installs/model.js';
import { isOn, variablesOf } from '../installs/variables.js';
import { installOf } from '../installs.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import {
  compiledPins,
  hasOptions,
  isForDevelopment,
  listedIn,
  type NamedFile,
  namedFiles,
  siblingsOf,
} from './pipfiles.js';
import { commandsBefore, hasPlainBase, pathHead } from './place.js';
import { plainProject, pythonStart, SYSTEM_PACKAGES } from './pythonstart.js';
import { missingPython } from './pythontools.js';

/** Distributions that nobody runs a service with. Where none of them is listed, a file named for development may be something else. */
const TOOLS =
  /^(pytest(-.*)?|mypy|ruff|black|flake8(-.*)?|isort|pylint(-.*)?|tox|nox|pre-commit|coverage|ipython|ipdb|debugpy|bandit|autopep8|yapf|pyright|django-debug-toolbar|factory-boy|hypothesis|freezegun|vcrpy|responses|pip-tools|types-.*)$/;

const ELSEWHERE = /^(-t|--target|--prefix|--root|--user|--python|-p|--group|--only-group|--dry-run)(=|$)/;

/** The folder that packages go to; undefined where that is not known. */
function environmentOf(install: Install, place: InstallPlace): string | undefined {
  const { command, flags, manager } = install;
  const variables = variablesOf(command, place.step, place.commands);
  const before = commandsBefore(place);
  if (flags.some((f) => ELSEWHERE.test(f)) || /\bactivate\b/.test(before)) return undefined;
  if (['PIP_TARGET', 'PIP_PREFIX', 'PIP_USER', 'UV_TARGET', 'UV_PYTHON'].some((n) => variables.has(n)))
    return undefined;
  if (manager === 'uv') {
    if (isOn(install, variables, '--system', 'UV_SYSTEM_PYTHON')) return SYSTEM_PACKAGES;
    return variables.has('VIRTUAL_ENV')
      ? variables.get('VIRTUAL_ENV')
      : joinPath(command.folder ?? '/', '.venv');
  }
  const program = command.words[0]?.value ?? '';
  const [head] = pathHead(place.graph, place.node, place.step);
  const bin = program.includes('/') ? dirName(inFolder(command.folder ?? '/', program)) : head;
  if (bin === undefined || /^\/(usr\/(local\/)?)?s?bin$/.test(bin)) return SYSTEM_PACKAGES;
  const made = dirName(bin);
  return bin.endsWith('/bin') && before.includes(made) ? made : undefined;
}

/** What of an install is for development, and how it is left out. */
interface Found {
  readonly names: ReadonlySet<string>;
  readonly project: PyProject;
  readonly instead?: DevelopmentPart['instead'];
  /** Why there is none. */
  readonly obstacle?: string;
}

/** The file that holds what runs, of a compiled one for development that pins all of it with the same versions. */
function compiledBase(place: InstallPlace, path: string): string | undefined {
  const pins = compiledPins(place.files.text(path) ?? '');
  return siblingsOf(path).find((sibling) => {
    const own = compiledPins(place.files.text(sibling) ?? '');
    return pins !== undefined && own !== undefined && own.size > 0 && [...own].every((pin) => pins.has(pin));
  });
}

/** What stands in the place of the only file that a command names. */
function replacement(install: Install, file: NamedFile, base: string): DevelopmentPart['instead'] {
  const from = install.command.folder ?? '/';
  if (!file.written.startsWith('/') && !isInside(from, base)) return undefined;
  const path = file.written.startsWith('/') ? base : relativePath(from, base);
  if (!/^[\w./-]+$/.test(path)) return undefined;
  return {
    words: [file.value],
    by: `${file.prefix}${path}`,
    told: `Install ${path} instead of ${file.written}`,
  };
}

type Listing = ReturnType<typeof listedIn>;

function namesOf(all: readonly Listing[]): string[] {
  return all.flatMap((listed) => [...(listed?.names ?? [])]);
}

/** What is left of a command without its files for development, or why that is not sure. */
function remedyOf(
  install: Install,
  place: InstallPlace,
  { development, others, bases, lacks }: NamedFiles,
): Pick<Found, 'instead' | 'obstacle'> {
  const optional = development.find((f) => hasOptions(place.files.text(f.path) ?? ''));
  if (optional !== undefined)
    return { obstacle: `${optional.written} sets options that hold for all that is installed` };
  if (others.length > 0) {
    return lacks
      ? { obstacle: 'the files for development include one that the command does not name' }
      : { instead: { words: development.flatMap((f) => f.words), by: undefined } };
  }
  const [first, ...more] = development;
  const [base, ...further] = bases;
  if (first === undefined || base === undefined)
    return { obstacle: 'the command installs nothing else, so that it can go as a whole' };
  const instead = more.length + further.length > 0 ? undefined : replacement(install, first, base);
  return instead === undefined
    ? { obstacle: 'more than one file would have to take the place of those for development' }
    : { instead };
}

interface NamedFiles {
  readonly development: readonly NamedFile[];
  readonly others: readonly NamedFile[];
  /** Files for other than development that those for development bring. */
  readonly bases: readonly string[];
  /** They list what the others do not. */
  readonly lacks: boolean;
}

function ofFiles(install: Install, place: InstallPlace): Found | undefined {
  const named = namedFiles(install);
  const development = named.filter((f) => isForDevelopment(f.path));
  const [first, ...more] = development;
  if (first === undefined) return undefined;
  const others = named.filter((f) => !development.includes(f));
  const lists = development.map((f) => listedIn(place.files, f.path));
  const kept = others.map((f) => listedIn(place.files, f.path, true));
  const included = [...new Set(lists.flatMap((l) => l?.base ?? []))];
  const compiled =
    others.length + more.length + included.length === 0 ? compiledBase(place, first.path) : undefined;
  const bases = compiled === undefined ? included : [compiled];
  const brought = bases.map((path) => listedIn(place.files, path, true));
  if ([...lists, ...kept, ...brought].some((l) => l === undefined)) return undefined;
  const runtime = new Set(namesOf([...kept, ...brought]));
  const names = new Set(namesOf(lists).filter((n) => !runtime.has(n)));
  const keptNames = new Set(namesOf(kept));
  const lacks = namesOf(brought).some((n) => !keptNames.has(n));
  const remedy = remedyOf(install, place, { development, others, bases, lacks });
  return { names, project: plainProject([...runtime]), ...remedy };
}

const EXTRAS = /^([./][\w./-]*)\[([\w\s,.-]+)\]$/;
const DEVELOPMENT_EXTRA = /^(dev|develop|development|test|tests|testing|lint|linting|typing|qa)$/;

/** `pip install .[dev]`. */
function ofExtras(install: Install, place: InstallPlace): Found | undefined {
  const { command, folder } = install;
  const word = command.words.find((w) => EXTRAS.test(w.value));
  const [, path = '', list = ''] = EXTRAS.exec(word?.value ?? '') ?? [];
  const file = joinPath(folder, 'pyproject.toml');
  const project = place.files.parsed(file, parsePyproject);
  const extras = place.files.parsed(file, parseExtras);
  if (word === undefined || project === undefined || extras === undefined || !project.project)
    return undefined;
  const others = namedFiles(install).map((f) => listedIn(place.files, f.path, true));
  if (project.dynamic.some((d) => /dependencies/.test(d)) || others.some((o) => o === undefined))
    return undefined;
  const asked = list.split(',').map((e) => normalizeName(e.trim()));
  const development = asked.filter((e) => DEVELOPMENT_EXTRA.test(e));
  const kept = asked.filter((e) => !development.includes(e));
  if (asked.some((e) => extras[e] === undefined)) return undefined;
  const runtime = new Set([
    ...project.dependencies,
    ...kept.flatMap((e) => extras[e] ?? []),
    ...others.flatMap((o) => [...(o?.names ?? [])]),
  ]);
  const names = new Set(development.flatMap((e) => extras[e] ?? []).filter((n) => !runtime.has(n)));
  const left = kept.length === 0 ? path : `${path}[${kept.join(',')}]`;
  // Brackets mean something to a shell.
  const by = kept.length === 0 || command.exec ? left : `'${left}'`;
  const instead = { words: [word], by, told: `Install ${left} instead of ${word.value}` };
  return { names, project: { ...project, dependencies: [...runtime] }, instead };
}

/** The files for development beside one that locks what runs: `requirements-dev.txt`, `test-requirements.txt`, `dev.txt`. */
function besides(place: InstallPlace, path: string): readonly string[] {
  const folder = dirName(path);
  const bare = baseName(path).replace(/\.\w+$/, '');
  const kinds = ['dev', 'test', 'tests', 'development'];
  const names = kinds.flatMap((kind) => [`${bare}-${kind}`, `${kind}-${bare}`, kind]);
  return names.map((name) => joinPath(folder, `${name}.txt`)).filter((file) => place.files.exists(file));
}

/**
 * What an install of compiled files leaves out that a file for development beside them lists. Only a compiled file says what
 * is not there: another one brings what its packages depend on.
 */
function leftOutPart(install: Install, place: InstallPlace, folder: string): DevelopmentPart | undefined {
  const named = namedFiles(install);
  const pins = named.map((f) => compiledPins(place.files.text(f.path) ?? ''));
  const files = named.flatMap((f) => besides(place, f.path));
  const unknown = /\bpip[0-9.]* install\b[^\n]*\$/.test(commandsBefore(place));
  if (named.length === 0 || pins.some((p) => p === undefined) || unknown) return undefined;
  const runtime = new Set(
    pins.flatMap((p) => [...(p ?? [])].map((pin) => normalizeName(pin.split('==')[0] ?? ''))),
  );
  for (const file of files) {
    const listed = [...(listedIn(place.files, file)?.names ?? [])];
    const names = new Set(listed.filter((n) => TOOLS.test(n) && !runtime.has(n)));
    const written = relativePath(install.command.folder ?? '/', file);
    if (names.size === 0 || !/^[\w./-]+$/.test(written)) continue;
    const locked = {
      runtime,
      all: new Set([...runtime, ...listed]),
      programs: new Map<string, readonly string[]>(),
    };
    const system = folder === SYSTEM_PACKAGES;
    return {
      folder,
      names,
      choice: { by: `the lack of -r ${written}`, words: [], undo: { flag: `-r ${written}` } },
      flag: undefined,
      variable: undefined,
      obstacle: undefined,
      startNeedsDev: () => true,
      missingIn: (later) =>
        missingPython(later, { names, locked, dependencies: [...runtime], runner: undefined, system }),
      bringsNothing: () => false,
    };
  }
  return undefined;
}

/** `.[dev]` without quotes stands for itself, unless a file is called `.d`. */
function readLiterally(install: Install): Install | undefined {
  if (!install.unsure) return install;
  const { command } = install;
  const words = command.words.map((w) => (EXTRAS.test(w.value) ? { ...w, literal: true } : w));
  const again = installOf({ ...command, words });
  return again === undefined || again.unsure ? undefined : again;
}

function pipPart(written: Install, place: InstallPlace): DevelopmentPart | undefined {
  const install = readLiterally(written);
  if (install === undefined || !hasPlainBase(place) || !/^(install|sync|pip-sync)$/.test(install.verb.value))
    return undefined;
  const folder = environmentOf(install, place);
  if (folder === undefined) return undefined;
  const plain = install.project !== true && install.verb.value === 'install';
  if (plain && !install.command.exec && !namedFiles(install).some((f) => isForDevelopment(f.path)))
    return leftOutPart(install, place, folder);
  const found = install.project === true ? ofExtras(install, place) : ofFiles(install, place);
  if (found === undefined || ![...found.names].some((n) => TOOLS.test(n))) return undefined;
  const { names, project, instead: read, obstacle } = found;
  // The words as they are in the command.
  const instead = read && {
    ...read,
    words: read.words.map((w) => written.command.words.find((o) => o.span.start === w.span.start) ?? w),
  };
  return {
    folder,
    names,
    choice: 'default',
    flag: undefined,
    instead,
    variable: undefined,
    obstacle,
    idleOnly: true,
    startNeedsDev: pythonStart(install, place, project, names),
    missingIn: () => undefined,
    bringsNothing: () => false,
  };
}

/** pip: requirements files and extras named for development. */
export const pip: DevelopmentManager = { name: 'pip', partOf: pipPart };
