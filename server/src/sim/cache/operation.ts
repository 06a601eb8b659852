import type { CopyInstruction, Mount, RunInstruction } from '../../syntax/dockerfile/model.js';
import { baseName, joinPath, normalizePath } from '../../text/paths.js';
import { hasFlag, isAddress } from '../context/needs.js';
import type { Step } from '../model.js';
import type { BecauseKind } from './model.js';

/** One thing that decides about a step's key, apart from its inputs. */
export interface Part {
  readonly kind: BecauseKind;
  /** What is told about it when it differs. */
  readonly name: string;
  readonly value: string;
}

/** What a step does, as BuildKit's key has it (SPEC C1): two steps do the same exactly where the keys are equal. */
export interface Operation {
  readonly parts: readonly Part[];
  readonly key: string;
  /** The key if the base image names no working folder: most do not, but nobody knows. The same as `key` where it does not matter. */
  readonly keyAtRoot: string;
  /** It has the context mounted so that it can write to it. */
  readonly writesContext: boolean;
}

/** What a build says besides its Dockerfile, its files and what arguments are worth in it. */
export interface StepOptions {
  /** Build argument SOURCE_DATE_EPOCH: the time of the folders that WORKDIR makes. */
  readonly epoch: string | undefined;
  /** Build argument BUILDKIT_SANDBOX_HOSTNAME, and flags that all RUNs see: hosts, limits, shared memory. */
  readonly run: readonly Part[];
}

function part(kind: BecauseKind, name: string, value: unknown): Part {
  return { kind, name, value: JSON.stringify(value) ?? '' };
}

/** What the words of a token graph come to. */
function expanded(step: Step, raw: string | undefined): string | undefined {
  return raw === undefined ? undefined : step.expand(raw);
}

const defaultShell = ['/bin/sh', '-c'];

/** The words that are run, as BuildKit hands them on, but for the shell. */
function ownWords(run: RunInstruction): { readonly shell: boolean; readonly words: readonly string[] } {
  if (run.form === 'exec') return { shell: false, words: run.exec.map(({ raw }) => raw) };
  if (run.script !== undefined) return { shell: true, words: [run.script.text] };
  // A heredoc that starts with `#!` is put into a file, which is run.
  return { shell: false, words: run.heredocs.flatMap(({ delimiter, body }) => [delimiter, body.text]) };
}

function option(mount: Mount, ...keys: string[]): string | undefined {
  const found = mount.options.findLast(({ key }) => keys.includes(key));
  return found === undefined ? undefined : (found.value ?? 'true');
}

const isTrue = (value: string | undefined): boolean => value !== undefined && /^(?:true|1|t)$/i.test(value);
const isFalse = (value: string | undefined): boolean => value !== undefined && /^(?:false|0|f)$/i.test(value);

/** An id as BuildKit keeps it: the name root is 0. */
function numbered(owner: string | undefined): string | undefined {
  return owner
    ?.split(':')
    .map((id) => (id === 'root' ? '0' : id))
    .join(':');
}

/** A mode without leading zeros. */
function octal(mode: string | undefined): string | undefined {
  return mode?.replace(/^0+(?=[0-7])/, '');
}

/** Whether a COPY brings its files without what is below: BuildKit does not where it has to set a mode (tried with 0.33). */
export function isLinked(copy: CopyInstruction): boolean {
  return hasFlag(copy, 'link') && !copy.flags.some(({ name }) => name === 'chmod');
}

/** What of a mount is in the key. The content of a bind mount is an input instead. */
function mountPart(step: Step, mount: Mount): Part {
  const type = expanded(step, mount.type)?.toLowerCase() ?? 'bind';
  const of = (...keys: string[]): string | undefined => expanded(step, option(mount, ...keys));
  const target = of('target', 'dst', 'destination');
  const full = target === undefined ? undefined : joinPath(step.workdir ?? '/', target);
  const owner = [of('uid'), of('gid'), of('mode')];
  const id = of('id') ?? of('source', 'src');
  if (type === 'secret') {
    const required = isTrue(of('required'));
    const name = id ?? (target === undefined ? undefined : baseName(target));
    const env = of('env');
    const file = full ?? (env === undefined ? `/run/secrets/${name}` : undefined);
    const [uid = '0', gid = '0', mode = '400'] = [owner[0], owner[1], octal(owner[2])];
    return part('secret', name ?? 'secret', [type, name, file, env, required, uid, gid, mode]);
  }
  const name = full ?? type;
  if (type === 'ssh') return part('mount', name, [type, of('id'), full, isTrue(of('required')), ...owner]);
  if (type === 'tmpfs') return part('mount', name, [type, full, of('size')]);
  if (type === 'cache') {
    const own = of('id');
    const sharing = of('sharing') ?? 'shared';
    // BuildKit leaves the identity out, but not that there is one (SPEC C2, 143-148).
    const usual = (own === undefined || own === target) && sharing === 'shared';
    const readonly = isTrue(of('ro', 'readonly')) || isFalse(of('rw', 'readwrite'));
    return part('mount', name, [type, full, usual && target, readonly, of('source', 'src'), ...owner]);
  }
  return part('mount', name, [type, full, isWritable(step, mount)]);
}

function isWritable(step: Step, mount: Mount): boolean {
  const of = (...keys: string[]): string | undefined => expanded(step, option(mount, ...keys));
  return isTrue(of('rw', 'readwrite')) || isFalse(of('ro', 'readonly'));
}

function writesContext(step: Step, mount: Mount): boolean {
  const own = mount.from === undefined || mount.from === '';
  return own && expanded(step, mount.type)?.toLowerCase() === 'bind' && isWritable(step, mount);
}

function flagValue(
  step: Step,
  flags: readonly { readonly name: string; readonly value: string | undefined }[],
  name: string,
): string | undefined {
  const flag = flags.findLast((one) => one.name === name);
  return flag === undefined ? undefined : expanded(step, flag.value ?? 'true');
}

function runOperation(step: Step, run: RunInstruction, options: StepOptions): readonly Part[] {
  const { shell, words } = ownWords(run);
  const prefix = shell ? (step.shell ?? defaultShell) : [];
  return [
    part('instruction', run.text, [...prefix, ...words]),
    part('environment', '', [...step.environment]),
    part('workdir', step.workdir ?? '', step.workdir),
    part('user', step.user ?? '', step.user),
    // In the order of their targets.
    ...run.mounts
      .map((mount) => mountPart(step, mount))
      .sort((a, b) => (`${a.kind} ${a.value}` < `${b.kind} ${b.value}` ? -1 : 1)),
    part(
      'instruction',
      run.text,
      ['security', 'device'].map((name) => flagValue(step, run.flags, name)),
    ),
    part('instruction', run.text, flagValue(step, run.flags, 'network') ?? 'default'),
    ...options.run,
  ];
}

/** The text of a heredoc with its variables in it; quotes and escapes stay. */
function filledIn(step: Step, text: string): string {
  return text.replace(/(?<!\\)\$(?:\w+|\{[^{}]*\})/g, (variable) => step.expand(variable) ?? variable);
}

/** The destination as BuildKit sees it: absolute, with a slash at its end where it is surely a folder. */
export function destinationOf(step: Step, copy: CopyInstruction): string {
  const written = expanded(step, copy.destination?.raw) ?? '';
  const path = joinPath(step.workdir ?? '/', written);
  const folder = written === '.' || written === '' || written.endsWith('/') || written.endsWith('/.');
  return folder && path !== '/' ? `${path}/` : path;
}

/** What is in the key of one source: its last name, or with --parents its path; of an address all of it. */
function sourceName(step: Step, copy: CopyInstruction, raw: string): string {
  const written = expanded(step, raw) ?? '';
  if (copy.kind === 'ADD' && isAddress(written)) return written;
  if (hasFlag(copy, 'parents')) return normalizePath(`/${written.replace('/./', '/\0/')}`);
  return baseName(normalizePath(`/${written}`));
}

/** Whether an archive would be unpacked: what makes the difference between ADD and COPY of a file. */
function isUnpacked(step: Step, copy: CopyInstruction): boolean {
  if (copy.kind === 'COPY') return false;
  const flag = flagValue(step, copy.flags, 'unpack');
  // The text of a heredoc is no archive.
  const files = copy.sources.filter(({ raw }) => !isAddress(expanded(step, raw) ?? ''));
  return flag === undefined ? files.length > 0 : !isFalse(flag);
}

function copyOperation(step: Step, copy: CopyInstruction, link: boolean): readonly Part[] {
  const many = (name: string): readonly (string | undefined)[] =>
    copy.flags.filter((flag) => flag.name === name).map((flag) => expanded(step, flag.value ?? ''));
  const bodies = copy.heredocs.map(({ delimiter, body, quoted }) => [
    delimiter,
    quoted ? body.text : filledIn(step, body.text),
  ]);
  const one = (name: string): string | undefined => flagValue(step, copy.flags, name);
  return [
    part('instruction', copy.text, isUnpacked(step, copy)),
    part(
      'instruction',
      copy.text,
      copy.sources.map(({ raw }) => sourceName(step, copy, raw)),
    ),
    part('instruction', copy.text, bodies),
    part('workdir', step.workdir ?? '', destinationOf(step, copy)),
    part('instruction', copy.text, [numbered(one('chown')), octal(one('chmod'))]),
    part('instruction', copy.text, ['checksum', 'keep-git-dir'].map(one)),
    part('instruction', copy.text, [link, hasFlag(copy, 'parents'), many('exclude')]),
  ];
}

/** A text with `/` in the place of the token of a base image's working folder (as JSON has it). */
function atRoot(key: string): string {
  return key.includes('\\u0000')
    ? key.replace(/\\u0000[^"\\]*(?:\\u0001[^"\\]*)*:\.\\u0000(\/?)/g, '/')
    : key;
}

/** What `step` of a graph with tokens does; `link` where it is a copy that is brought without what is below. */
export function operationOf(step: Step, options: StepOptions, link: boolean): Operation {
  const { instruction } = step;
  const parts =
    instruction.kind === 'RUN'
      ? runOperation(step, instruction, options)
      : instruction.kind === 'COPY' || instruction.kind === 'ADD'
        ? copyOperation(step, instruction, link)
        : [
            part(
              'workdir',
              '',
              instruction.kind === 'WORKDIR'
                ? joinPath(step.workdir ?? '/', expanded(step, instruction.value?.raw) ?? '')
                : '',
            ),
            part('user', step.user ?? '', step.user),
            part('argument', 'SOURCE_DATE_EPOCH', options.epoch),
          ];
  const key = parts.map(({ kind, value }) => `${kind} ${value}`).join('\n');
  return {
    parts,
    key,
    keyAtRoot: atRoot(key),
    writesContext:
      instruction.kind === 'RUN' && instruction.mounts.some((mount) => writesContext(step, mount)),
  };
}
