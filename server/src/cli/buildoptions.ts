import { toCorePath } from '../node/fs.js';
import { isRemoteContext } from '../project/composeload.js';
import { joinPath } from '../text/paths.js';
import { type Arguments, UsageError } from './args.js';
import { type Io, resolved } from './io.js';

/** What the build options of the command line say. */
export interface BuildOptions {
  /** The options given, as written: `--target run`. Empty: the project decides. */
  readonly names: readonly string[];
  /** A core path, or an address where `remote`; undefined without `--context`. */
  readonly context: string | undefined;
  readonly remote: boolean;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  /** The automatic arguments that `--platform` decides. */
  readonly platform: Readonly<Record<string, string>>;
}

/** Other names of architectures, as containerd reads them. */
const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  i386: '386',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armel: 'arm/v6',
  arm: 'arm/v7',
};

/** The automatic arguments of `os/arch[/variant]`, written as BuildKit normalizes it. */
export function platformArgs(given: string): Readonly<Record<string, string>> {
  const [os, arch, variant, ...more] = given.toLowerCase().split('/');
  const parts = [os, arch, variant ?? 'x'];
  if (more.length > 0 || !parts.every((part) => part !== undefined && /^[a-z0-9_.-]+$/.test(part))) {
    throw new UsageError(`--platform is one OS/ARCH such as linux/arm64, not "${given}"`);
  }
  const [known = '', usual = ''] = (architectures[arch ?? ''] ?? arch ?? '').split('/');
  const implied =
    (known === 'arm64' && /^v?8$/.test(variant ?? '')) || (known === 'amd64' && variant === 'v1');
  const own = implied ? '' : (variant?.replace(/^(?=\d$)/, 'v') ?? usual);
  return {
    TARGETPLATFORM: [os, known, ...(own === '' ? [] : [own])].join('/'),
    TARGETOS: os ?? '',
    TARGETARCH: known,
    TARGETVARIANT: own,
  };
}

/** `K=V`; `K` alone takes the environment's value, and says nothing where there is none, as docker does it. */
export function buildArgs(io: Io, given: readonly string[], option = 'build-arg'): Record<string, string> {
  const out: Record<string, string> = {};
  for (const entry of given) {
    const [, name = '', value = io.env[name]] = /^([^=]*)(?:=(.*))?$/s.exec(entry) ?? [];
    if (name === '') throw new UsageError(`--${option} wants NAME=VALUE, not "${entry}"`);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

const buildOptionNames = ['context', 'target', 'build-arg', 'platform'];

/** Reads the build options. Throws `UsageError` for a value that means nothing. */
export function buildOptions(io: Io, args: Arguments): BuildOptions {
  const one = (name: string): string | undefined => args.options.get(name)?.[0];
  for (const name of ['context', 'target']) {
    if (one(name) === '') throw new UsageError(`--${name} wants a value`);
  }
  const context = one('context');
  const remote = context !== undefined && isRemoteContext(context);
  const platform = one('platform');
  return {
    names: buildOptionNames.flatMap((name) =>
      (args.options.get(name) ?? []).map((value) => `--${name} ${value}`),
    ),
    context: context === undefined || remote ? context : joinPath(resolved(io, toCorePath, context), '.'),
    remote,
    target: one('target'),
    args: buildArgs(io, args.options.get('build-arg') ?? []),
    platform: platform === undefined ? {} : platformArgs(platform),
  };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The `docker build` that does what the options and the Dockerfile at `path` say. */
export function commandOf(options: BuildOptions, shown: (path: string) => string, path: string): string {
  const { context, remote } = options;
  const words = options.names.filter((name) => !name.startsWith('--context '));
  const folder = context === undefined ? '.' : remote ? context : shown(context);
  const flags = words.flatMap((name) => {
    const at = name.indexOf(' ');
    return [name.slice(0, at), quoted(name.slice(at + 1))];
  });
  return ['docker build', '-f', quoted(shown(path)), ...flags, quoted(folder)].join(' ');
}
