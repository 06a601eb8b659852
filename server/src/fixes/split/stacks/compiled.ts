import { argumentsOf, inFolder, programOf, type StepCommand } from '../../../sim/commands.js';
import { baseName, isInside, joinPath } from '../../../text/paths.js';
import {
  alpineFor,
  CERTIFICATES,
  debianFor,
  distributionOf,
  type ImageName,
  type SplitPlan,
  type SplitScene,
  type Stack,
} from '../model.js';

/** What a compiled program runs on: no compiler, the same C library. */
function plainImage(image: ImageName): Pick<SplitPlan, 'runtime' | 'distribution' | 'setup'> | undefined {
  switch (distributionOf(image)) {
    case 'alpine':
      return { runtime: alpineFor(image), distribution: 'alpine', setup: [] };
    case 'debian':
      return { runtime: debianFor(image), distribution: 'debian', setup: [CERTIFICATES] };
    default:
      return undefined;
  }
}

/** The program a container starts, as a path in the image; undefined where it is found by PATH, or is more than one. */
function startedPath({ start, workdir }: SplitScene): string | undefined {
  const [only, ...others] = start;
  const word = only?.words[0];
  if (others.length > 0 || word?.literal !== true || !word.value.includes('/')) return undefined;
  return inFolder(workdir, word.value);
}

function goOutput(command: StepCommand): string | undefined {
  const args = argumentsOf(command);
  const at = args.indexOf('-o');
  const named = at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith('-o='))?.slice(3);
  return named === undefined || command.folder === undefined || named.includes('$')
    ? undefined
    : inFolder(command.folder, named);
}

function namesOutput(command: StepCommand): boolean {
  return argumentsOf(command).some((arg) => /^--?o(=|$)/.test(arg));
}

/** Go's own image has time zones for its programs, in the folder of the compiler. */
const TIME_ZONES = CERTIFICATES.replace('ca-certificates', 'ca-certificates tzdata');

/** Go: the program runs without the compiler; what lies beside it in the project's folder comes along. */
export const go: Stack = {
  name: 'Go',
  builds: (command) =>
    programOf(command) === 'go' &&
    /^(build|mod|generate|vet|test|version|env)$/.test(argumentsOf(command)[0] ?? ''),
  planOf(scene) {
    const { image, runs, workdir } = scene;
    if (image.repository !== 'golang') return undefined;
    const builds = runs
      .flatMap(({ commands }) => commands)
      .filter((c) => go.builds(c) && argumentsOf(c)[0] === 'build');
    const program = startedPath(scene);
    const base = plainImage(image);
    const output = builds
      .map(goOutput)
      .find((path) => path === program || (path && joinPath(path, baseName(program ?? '')) === program));
    if (program === undefined || base === undefined || output === undefined) return undefined;
    const outputs = builds.map(goOutput);
    const unknown = builds.some((command, i) => outputs[i] === undefined && namesOutput(command));
    // Several programs in one folder, of which nobody knows the names.
    if (unknown || (output !== program && !isInside(workdir, output))) return undefined;
    const made = [...new Set(outputs.flatMap((path) => path ?? []))].filter(
      (path) => !isInside(workdir, path),
    );
    return {
      ...base,
      setup: base.distribution === 'alpine' ? ['RUN apk add --no-cache tzdata'] : [TIME_ZONES],
      finish: [],
      copies: [workdir, ...made].map((path) => ({ from: path, to: path })),
      repeatsCopies: false,
      start: undefined,
    };
  },
};

/** Crates that are linked with libraries of the system when the program is started. */
const SYSTEM_CRATES =
  /^name = "(openssl-sys|pq-sys|mysqlclient-sys|libsqlite3-sys|curl-sys|libgit2-sys|libssh2-sys|libudev-sys|alsa-sys|gtk-sys|glib-sys|zmq-sys|rdkafka-sys|ffmpeg-sys-next|tch|onnxruntime-sys|ort-sys|opencv)"$/m;

/** Rust: the program alone; what the context brings is copied again, without `target`. */
export const rust: Stack = {
  name: 'Rust',
  builds: (command) =>
    (programOf(command) === 'cargo' &&
      /^(build|fetch|clean|test|check)$/.test(argumentsOf(command)[0] ?? '')) ||
    (programOf(command) === 'rustup' &&
      /^(target|component|toolchain|default|show)$/.test(argumentsOf(command)[0] ?? '')),
  planOf(scene) {
    const { image, files, runs, workdir } = scene;
    const lock = files.text(joinPath(workdir, 'Cargo.lock'));
    const base = plainImage(image);
    if (image.repository !== 'rust' || base === undefined || lock === undefined || SYSTEM_CRATES.test(lock))
      return undefined;
    const program = startedPath(scene);
    const release = runs.some(({ commands }) =>
      commands.some((c) => rust.builds(c) && argumentsOf(c)[0] === 'build'),
    );
    const made = joinPath(workdir, 'target');
    if (program === undefined || !release || !isInside(made, program)) return undefined;
    return {
      ...base,
      finish: [],
      copies: [{ from: program, to: program }],
      repeatsCopies: true,
      start: undefined,
    };
  },
};

/** Elixir: the release holds its own runtime. */
export const elixir: Stack = {
  name: 'Elixir',
  builds: (command) => programOf(command) === 'mix',
  planOf(scene) {
    const { image, runs, workdir } = scene;
    const program = startedPath(scene);
    const releases = runs.some(({ commands }) =>
      commands.some((c) => programOf(c) === 'mix' && argumentsOf(c).includes('release')),
    );
    const folder = /^(.*\/_build\/[\w-]+\/rel\/[\w-]+)\/bin\/[\w-]+$/.exec(program ?? '')?.[1];
    if (image.repository !== 'elixir' || !releases || folder === undefined || !isInside(workdir, folder))
      return undefined;
    const locale = 'ENV LANG=C.UTF-8';
    const base =
      distributionOf(image) === 'alpine'
        ? {
            runtime: alpineFor(image),
            distribution: 'alpine' as const,
            setup: ['RUN apk add --no-cache libstdc++ libgcc ncurses-libs openssl', locale],
          }
        : {
            runtime: debianFor(image),
            distribution: 'debian' as const,
            setup: [
              CERTIFICATES.replace('ca-certificates', 'ca-certificates libncurses6 libstdc++6 openssl'),
              locale,
            ],
          };
    return {
      ...base,
      finish: [],
      copies: [{ from: folder, to: folder }],
      repeatsCopies: false,
      start: undefined,
    };
  },
};
