/** What Plimsoll needs of a mix.exs, as far as it can be told without running it. */
export interface MixProject {
  /** Folders of dependencies with `path:`, as written. */
  readonly paths: readonly string[];
  /** Folder of the apps of an umbrella, as written. */
  readonly appsPath: string | undefined;
  readonly lockfile: string;
  readonly configPath: string;
  readonly depsPath: string;
  /** Files it reads by name. */
  readonly reads: readonly string[];
  /** A call that reads what can't be told. */
  readonly unknown: string | undefined;
}

/** What Plimsoll needs of a configuration that is evaluated before compiling. */
export interface MixConfig {
  /** Names after `import_config`; the environment's name stands as `*`. */
  readonly imports: readonly string[];
  readonly reads: readonly string[];
  readonly unknown: string | undefined;
}

const READ = /\bFile\.read!?\(\s*"([^"#]+)"\s*\)/g;
const UNKNOWN =
  /\b(?:File\.\w+[!?]?|System\.(?:cmd|shell)|Code\.(?:require_file|eval_file|compile_file|load_file)|Path\.wildcard)|:(?:os\.cmd|file\.\w+)/;

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '');
}

function readsOf(text: string): { readonly reads: readonly string[]; readonly unknown: string | undefined } {
  const reads = [...text.matchAll(READ)].flatMap(([, name]) => name ?? []);
  return { reads, unknown: UNKNOWN.exec(text.replace(READ, ''))?.[0] };
}

/** The project in `text`; undefined where it is empty (its content is unknown). */
export function parseMixExs(text: string): MixProject | undefined {
  if (text.trim() === '') return undefined;
  const code = withoutComments(text);
  const setting = (name: string): string | undefined =>
    new RegExp(`\\b${name}:\\s*"([^"]*)"`).exec(code)?.[1];
  const { reads, unknown } = readsOf(code);
  const dependencies = [...code.matchAll(/\{\s*:\w+\s*,[^{}]*?\bpath:\s*([^,}\s]+)/g)].flatMap(
    ([, at]) => at ?? [],
  );
  const computed = dependencies.find((at) => !/^"[^"#]*"$/.test(at));
  return {
    paths: dependencies.filter((at) => at !== computed).map((at) => at.slice(1, -1)),
    appsPath: setting('apps_path'),
    lockfile: setting('lockfile') ?? 'mix.lock',
    configPath: setting('config_path') ?? 'config/config.exs',
    depsPath: setting('deps_path') ?? 'deps',
    reads,
    unknown: unknown ?? (computed === undefined ? undefined : `path: ${computed}`),
  };
}

/** The configuration in `text`; undefined where it is empty (its content is unknown). */
export function parseMixConfig(text: string): MixConfig | undefined {
  if (text.trim() === '') return undefined;
  const code = withoutComments(text);
  const { reads, unknown } = readsOf(code);
  const all = [...code.matchAll(/\bimport_config\b[ (]*(.*)/g)].map(([, at]) => (at ?? '').trim());
  const names = all.map((at) => ({
    at,
    name: /^"([^"]*)"/
      .exec(at.replace(/#\{\s*(?:config_env\(\)|Mix\.env(?:\(\))?)\s*\}/g, '*'))?.[1]
      ?.replace(/^.*#.*$/, ''),
  }));
  const odd = names.find(({ name }) => !name)?.at;
  return {
    imports: names.flatMap(({ name }) => name || []),
    reads,
    unknown: unknown ?? (odd === undefined ? undefined : `import_config ${odd}`),
  };
}
