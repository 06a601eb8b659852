import { argumentsOf, programOf, type StepCommand } from '../commands.js';
import type { Store, StoreScene, StoreTool } from './model.js';
import {
  below,
  firstMoved,
  hasProjectFile,
  inCacheHome,
  inHome,
  isSet,
  type Moved,
  movedBy,
  projectText,
  verbsOf,
} from './words.js';

/** GOPATH as a place for modules: its first folder; the golang image sets /go (its Dockerfile). */
function goPath(scene: StoreScene, command: StepCommand): Moved {
  const set = movedBy(scene, command, 'GOPATH');
  if (set !== 'default') return typeof set === 'object' && set.path.includes(':') ? 'unknown' : set;
  return scene.image === 'golang' ? { path: '/go' } : inHome(scene, 'go');
}

/** Whether the modules lie in the project: then nothing is downloaded. */
function isVendored(scene: StoreScene, command: StepCommand): boolean {
  const flags = `${scene.variables.get('GOFLAGS') ?? ''} ${argumentsOf(command).join(' ')}`;
  if (/-mod=vendor/.test(flags)) return true;
  return hasProjectFile(scene, command, 'vendor/modules.txt') && !/-mod=mod/.test(flags);
}

/** A module without any other: it lists none. */
function hasNoModules(scene: StoreScene, command: StepCommand): boolean {
  return hasProjectFile(scene, command, 'go.mod') && !hasProjectFile(scene, command, 'go.sum');
}

const GO_BUILDS = /^(?:build|install|test|run|vet|generate|tool|get)$/;

/** go (`go help environment`): GOMODCACHE, else GOPATH/pkg/mod; GOCACHE, else ~/.cache/go-build. Both lock what they write. */
export const go: StoreTool = {
  name: 'go',
  label: 'go',
  programs: /go/,
  usual: /\/(?:pkg|pkg\/mod|go-build|\.cache\/go|gocache|gomod(?:cache)?)$/,
  useOf(command, scene) {
    if (!/^(?:xx-)?go$/.test(programOf(command))) return undefined;
    const [verb = '', inner = '', ...more] = verbsOf(command);
    const modules = verb === 'mod' && /^(?:download|tidy|vendor|verify)$/.test(inner);
    if (!modules && !GO_BUILDS.test(verb)) return undefined;
    const other = [inner, ...more].some((a) => a.includes('@'));
    // The library that comes with go.
    if (inner === 'std') return undefined;
    const mod = firstMoved(
      scene.ran(/\bgo\s+env\s+-w\b/) ? 'unknown' : 'default',
      movedBy(scene, command, 'GOMODCACHE'),
      below(goPath(scene, command), 'pkg/mod'),
    );
    const built = firstMoved(movedBy(scene, command, 'GOCACHE'), inCacheHome(scene, command, 'go-build'));
    // Beside the modules go keeps its database of sums.
    const stores: Store[] = [{ path: mod ?? '', locked: false, needed: true, rootOnly: true }];
    if (!modules) stores.push({ path: built ?? '', locked: false, needed: false, rootOnly: true });
    return {
      tool: 'go',
      command,
      downloads:
        other ||
        (!isVendored(scene, command) &&
          !hasNoModules(scene, command) &&
          scene.variables.get('GOPROXY') !== 'off'),
      stores: stores.some((store) => store.path === '') ? undefined : stores,
      hindrances: [],
    };
  },
  isCleaning: (command) =>
    programOf(command) === 'go' &&
    argumentsOf(command)[0] === 'clean' &&
    argumentsOf(command).some((a) => /^--?(?:modcache|cache)$/.test(a)),
};

/** Subcommands that fetch no crates. */
const CARGO_IDLE =
  /^(?:fmt|clean|init|new|search|login|logout|owner|yank|help|version|generate|locate-project|read-manifest|config|uninstall)$/;

/**
 * cargo (The Cargo Book, "Cargo Home"): `registry` and `git` of CARGO_HOME (/usr/local/cargo in the rust image), else
 * ~/.cargo. Its lock lies beside them, in CARGO_HOME, so two builds at once must be kept apart. `target` is a product.
 */
export const cargo: StoreTool = {
  name: 'cargo',
  label: 'cargo',
  programs: /cargo/,
  usual: /\/(?:\.?cargo(?:\/(?:registry|git)(?:\/(?:cache|db|index))?)?)$/,
  useOf(command, scene) {
    if (!/^(?:xx-)?cargo$/.test(programOf(command))) return undefined;
    const [verb = '', inner = ''] = verbsOf(command);
    if (verb === '' || CARGO_IDLE.test(verb) || (verb === 'chef' && inner === 'prepare')) return undefined;
    const config = ['.cargo/config.toml', '.cargo/config'].map((n) => projectText(scene, command, n) ?? '');
    const home = firstMoved(
      movedBy(scene, command, 'CARGO_HOME'),
      scene.image === 'rust' || scene.image === 'lukemathwalker/cargo-chef'
        ? { path: '/usr/local/cargo' }
        : inHome(scene, '.cargo'),
    );
    const locked = hasProjectFile(scene, command, 'Cargo.lock');
    const lock = locked ? (projectText(scene, command, 'Cargo.lock') ?? 'source = ') : 'source = ';
    const vendored = /vendored-sources|^\s*offline\s*=\s*true/m.test(config.join('\n'));
    const offline = command.words.find((w) => w.value === '--offline' || w.value === '--frozen');
    const fetches = verb === 'install' || (!vendored && /^source = /m.test(lock));
    return {
      tool: 'cargo',
      command,
      downloads: fetches && offline === undefined && !isSet(scene, 'CARGO_NET_OFFLINE'),
      stores:
        home === undefined
          ? undefined
          : ['registry', 'git'].map((name) => ({ path: `${home}/${name}`, locked: true, needed: true })),
      hindrances: [],
      ...(offline === undefined ? {} : { offline }),
    };
  },
  isCleaning: (command) => programOf(command) === 'cargo' && verbsOf(command)[0] === 'cache',
};
