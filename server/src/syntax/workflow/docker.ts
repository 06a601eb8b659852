import { joinPath } from '../../text/paths.js';
import type { ScriptCommand, ScriptWord } from './script.js';

/** A docker command line that builds. Paths as in WorkflowBuild. */
export type DockerCommand =
  | {
      readonly kind: 'build';
      readonly context: string | undefined;
      readonly remote: boolean;
      readonly file: string | undefined;
      readonly target: string | null | undefined;
      readonly args: Readonly<Record<string, string | null>>;
      readonly namedContexts: readonly string[];
    }
  | {
      readonly kind: 'bake';
      readonly files: readonly string[] | undefined;
      readonly targets: readonly string[] | undefined;
    }
  | { readonly kind: 'compose' };

/** Flags of `docker build` and `docker buildx build|bake` that take no value. */
const switches = new Set([
  '--check',
  '--compress',
  '--debug',
  '-D',
  '--disable-content-trust',
  '--force-rm',
  '--help',
  '--load',
  '--no-cache',
  '--print',
  '--provenance-disable',
  '--pull',
  '--push',
  '--quiet',
  '-q',
  '--rm',
  '--squash',
]);

interface Options {
  /** Each option with its values in order, long names. */
  readonly options: ReadonlyMap<string, readonly (string | undefined)[]>;
  readonly positionals: readonly (string | undefined)[];
}

/** What `command` builds when run in `folder` (relative to the checkout); undefined for any other command. */
export function dockerCommand(command: ScriptCommand, folder: string | undefined): DockerCommand | undefined {
  const words = command.words.slice(commandStart(command.words));
  const cwd = command.folders.reduce<string | undefined>(inFolder, folder);
  const [program, ...rest] = words;
  if (program?.value === 'docker-compose') return composeCommand(rest);
  if (program?.value !== 'docker') return undefined;
  const args = dropGlobalOptions(rest);
  const [verb, ...afterVerb] = args;
  if (verb?.value === 'build') return buildCommand(afterVerb, cwd);
  if (verb?.value === 'compose') return composeCommand(afterVerb);
  if (verb?.value !== 'buildx' && verb?.value !== 'image' && verb?.value !== 'builder') return undefined;
  const [inner, ...last] = dropGlobalOptions(afterVerb);
  if (inner?.value === 'build' || inner?.value === 'b') return buildCommand(last, cwd);
  if (inner?.value === 'bake' && verb.value === 'buildx') return bakeCommand(last, cwd);
  return undefined;
}

/** Skips `VAR=value`, keywords and programs that run another one. */
function commandStart(words: readonly ScriptWord[]): number {
  let at = 0;
  while (at < words.length) {
    const { raw = '' } = words[at] ?? {};
    if (!/^(?:\w+=.*|sudo|-E|time|if|then|else|do|!|exec|eval|env|\{|retry)$/s.test(raw)) break;
    at++;
  }
  return at;
}

function dropGlobalOptions(words: readonly ScriptWord[]): readonly ScriptWord[] {
  let at = 0;
  while (words[at]?.raw.startsWith('-') === true) {
    const raw = words[at]?.raw ?? '';
    at += raw.includes('=') || /^(?:-D|--debug|--tls|--tlsverify)$/.test(raw) ? 1 : 2;
  }
  return words.slice(at);
}

function composeCommand(words: readonly ScriptWord[]): DockerCommand | undefined {
  const values = words.map((w) => w.value);
  return values.includes('build') || values.includes('--build') ? { kind: 'compose' } : undefined;
}

function readOptions(words: readonly ScriptWord[]): Options {
  const options = new Map<string, (string | undefined)[]>();
  const positionals: (string | undefined)[] = [];
  const add = (name: string, value: string | undefined): void => {
    options.set(name, [...(options.get(name) ?? []), value]);
  };
  for (let at = 0; at < words.length; at++) {
    const { raw = '', value } = words[at] ?? {};
    if (/^\d*[<>]/.test(raw)) {
      if (/^\d*[<>]+$/.test(raw)) at++;
      continue;
    }
    if (!raw.startsWith('-') || raw === '-') {
      // A word that is one expression may hold options as well as a path: what follows cannot be told apart.
      positionals.push(value);
      continue;
    }
    const [, name = raw, given] = /^(--?[\w-]+)=(.*)$/s.exec(raw) ?? [];
    if (given !== undefined) add(name, value?.slice(name.length + 1));
    else if (/^-[ft]./.test(raw)) add(raw.slice(0, 2), value?.slice(2));
    else if (!switches.has(raw)) add(raw, words[++at]?.value);
  }
  return { options, positionals };
}

function buildCommand(words: readonly ScriptWord[], cwd: string | undefined): DockerCommand {
  const { options, positionals } = readOptions(words);
  const written = positionals.length === 1 ? positionals[0] : undefined;
  const remote = written !== undefined && isRemoteContext(written);
  const context = remote ? written : inFolder(cwd, written === '-' ? undefined : written);
  const files = [...(options.get('--file') ?? []), ...(options.get('-f') ?? [])];
  const target = options.get('--target');
  return {
    kind: 'build',
    context,
    remote,
    file:
      files.length === 0
        ? remote
          ? undefined
          : inFolder(context, 'Dockerfile')
        : inFolder(cwd, fileName(files.at(-1))),
    target: target === undefined ? null : target.at(-1),
    args: buildArgs(options.get('--build-arg') ?? []),
    namedContexts: (options.get('--build-context') ?? []).flatMap((c) => c?.split('=')[0] ?? []),
  };
}

function fileName(file: string | undefined): string | undefined {
  return file === '-' ? undefined : file;
}

function bakeCommand(words: readonly ScriptWord[], cwd: string | undefined): DockerCommand {
  const { options, positionals } = readOptions(words);
  const files = [...(options.get('--file') ?? []), ...(options.get('-f') ?? [])].map((f) => inFolder(cwd, f));
  return { kind: 'bake', files: allKnown(files), targets: allKnown(positionals) };
}

/** The list, or undefined where one of it is not known. */
export function allKnown(values: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = values.filter((v) => v !== undefined);
  return known.length === values.length ? known : undefined;
}

/** `path` seen from `folder`, both relative to the checkout; undefined where one is unknown or leaves it. */
export function inFolder(folder: string | undefined, path: string | undefined): string | undefined {
  if (folder === undefined || path === undefined || /^(?:\/|~|[a-z]:)/i.test(path)) return undefined;
  const joined = joinPath(folder, path);
  return joined === '..' || joined.startsWith('../') ? undefined : joined;
}

/** Whether BuildKit would fetch this context instead of reading a folder. */
export function isRemoteContext(context: string): boolean {
  return /^(?:https?:\/\/|git:\/\/|git@|ssh:\/\/|github\.com\/|oci-layout:\/\/|docker-image:\/\/)/.test(
    context,
  );
}

/** `K=V` entries; null for a bare name, taken from the environment, or an unknown value. */
export function buildArgs(entries: readonly (string | undefined)[]): Record<string, string | null> {
  const out: Record<string, string | null> = {};
  for (const entry of entries) {
    const [, name, value] = /^([^=]+)(?:=(.*))?$/s.exec(entry ?? '') ?? [];
    if (name !== undefined) out[name] = value ?? null;
  }
  return out;
}
