import { addKey } from '../../fixes/yaml.js';
import { type ImageName, imageName } from '../../syntax/compose/image.js';
import type { Interpolated } from '../../syntax/compose/interpolate.js';
import type { ComposeService, ResolvedService, SourcedValue } from '../../syntax/compose/model.js';
import { type ComposeContext, composeRule, type Fix, type RuleFinding } from '../rule.js';

type Family = 'postgres' | 'browser';

/** Last part of a repository that is a PostgreSQL server whoever publishes it: official, bitnami, postgis, mirrors. */
const postgresNames = new Set([
  'postgres',
  'postgresql',
  'postgresql-repmgr',
  'postgis',
  'timescaledb',
  'timescaledb-ha',
]);

/** PostgreSQL servers under a name of their own: the upstream server with an extension in it. */
const postgresImages = [
  'pgvector/pgvector', // postgres with pgvector
  'ankane/pgvector', // its former name
  'citusdata/citus', // postgres with Citus
  'tensorchord/pgvecto-rs', // postgres with vector search
  'tensorchord/vchord-postgres',
  'tensorchord/vchord-suite',
  'paradedb/paradedb', // postgres with pg_search
  'apache/age', // postgres with a graph extension
  'groonga/pgroonga', // postgres with full text search
  'pgduckdb/pgduckdb', // postgres with DuckDB
];

/** Images that start a browser without `--disable-dev-shm-usage`; their documentation asks for more shared memory. */
const browserImages = [
  // SeleniumHQ/docker-selenium README: `--shm-size="2g"` for every image that contains a browser.
  /(?:^|\/)(?:selenium|seleniarm)\/(?:standalone|node)-(?:chrome|chromium|chrome-for-testing|firefox|edge|opera|all-browsers)(?:-debug)?$/,
  // Google Chrome as the entrypoint, without the flag.
  /(?:^|\/)justinribeiro\/chrome-headless$/,
  // linuxserver.io pages: `shm_size: "1gb"`.
  /(?:^|\/)linuxserver\/(?:chrome|chromium|firefox|brave|opera|msedge|librewolf|ungoogled-chromium)$/,
  // Kasm pages: `--shm-size=512m`.
  /(?:^|\/)kasmweb\/(?:chrome|chromium|firefox|edge|brave|tor-browser)$/,
];

/** Settings of PostgreSQL that keep dynamic shared memory out of /dev/shm, or never use it. */
const otherSharedMemory = /dynamic_shared_memory_type\s*=\s*'?(?:mmap|sysv)|max_parallel_workers\s*=\s*'?0\b/;

/** PostgreSQL servers and browsers that run with Docker's 64 MB of /dev/shm. */
export default composeRule(
  {
    id: 'missing-shm-size',
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary: 'A database or browser runs with the 64 MB of shared memory that Docker gives by default.',
  },
  function* (context) {
    for (const service of context.file.services) {
      const resolved = context.project.services.find((s) => s.name === service.name);
      // A service that another file gives its image is that file's finding.
      if (resolved === undefined || resolved.values.get('image')?.path !== context.path) continue;
      if (!service.values.has('image') || resolved.incomplete) continue;
      const finding = check(context, service, resolved);
      if (finding !== undefined) yield finding;
    }
  },
);

function check(
  context: ComposeContext,
  service: ComposeService,
  resolved: ResolvedService,
): RuleFinding | undefined {
  const written = resolved.values.get('image');
  const image = imageOf(context, resolved);
  if (written === undefined || image === undefined || resolved.values.has('build')) return undefined;
  const name = imageName(image.partial);
  const family = familyOf(name);
  if (family === undefined || hasSharedMemory(resolved)) return undefined;
  if (family === 'postgres' ? !runsParallelQueries(name, resolved) : disablesSharedMemory(resolved))
    return undefined;
  const effect =
    family === 'postgres'
      ? 'parallel queries that need more fail with "could not resize shared memory segment"'
      : 'a browser that needs more for its pages crashes';
  const assumed = image.assumed ? ' (image taken from the default of its variable)' : '';
  return {
    at: written.shared ? service.nameSpan : written.span,
    message: `Docker gives "${service.name}" 64 MB of /dev/shm; ${effect}${assumed}.`,
    fixes: fixes(context, service),
  };
}

function fixes(context: ComposeContext, service: ComposeService): Fix[] {
  const edits = addKey(context.file, service, 'shm_size', '256mb');
  if (edits === undefined) return [];
  return [
    {
      title: 'Raise the limit of /dev/shm to 256 MB with shm_size',
      // A limit, no allocation: pages are taken only when something is written there.
      applicability: 'safe',
      changes: () => [{ kind: 'edit', path: context.path, edits }],
    },
  ];
}

function imageOf(context: ComposeContext, resolved: ResolvedService): Interpolated | undefined {
  const image = resolved.values.get('image')?.raw;
  return typeof image === 'string' ? context.project.interpolate(image) : undefined;
}

function familyOf({ registry, repository }: ImageName): Family | undefined {
  const path = repository.toLowerCase();
  const last = path.split('/').at(-1) ?? '';
  if (postgresNames.has(last)) return 'postgres';
  if (postgresImages.some((known) => path === known || path.endsWith(`/${known}`))) return 'postgres';
  // Spilo, postgres with Patroni, carries the version in its name.
  if (/(?:^|\/)zalando\/spilo-\d+$/.test(path)) return 'postgres';
  // Chromium apart, Playwright's browsers share memory through /dev/shm; its page on Docker asks for --ipc=host.
  const playwright =
    registry === 'mcr.microsoft.com' && /^playwright(?:\/(?:python|java|dotnet))?$/.test(path);
  if (playwright || path === 'microsoft/playwright') return 'browser';
  return browserImages.some((known) => known.test(path)) ? 'browser' : undefined;
}

/** Whether something in the merged service already decides about /dev/shm. */
function hasSharedMemory(service: ResolvedService): boolean {
  const shm = service.values.get('shm_size');
  if (shm !== undefined && shm.value !== null) return true;
  const ipc = service.values.get('ipc');
  if (ipc !== undefined && ipc.value !== null && ipc.value !== 'private') return true;
  return mentions(service, ['tmpfs', 'volumes'], /\/dev\/shm(?:\W|$)/);
}

/** Whether one of `keys`, as any file writes it, matches: variables that are not known hide nothing. */
function mentions(service: ResolvedService, keys: readonly string[], pattern: RegExp): boolean {
  return service.definedIn.some(({ service: own }) =>
    keys.some((key) => pattern.test(JSON.stringify(own.values.get(key)?.value ?? null))),
  );
}

function disablesSharedMemory(service: ResolvedService): boolean {
  return mentions(service, ['command', 'entrypoint', 'environment'], /disable-dev-shm-usage/);
}

/** A server (no one-shot client), new enough for parallel queries by default (PostgreSQL 10), with shared memory in /dev/shm. */
function runsParallelQueries({ tag = '' }: ImageName, service: ResolvedService): boolean {
  if (/^[89](?:\D|$)|pg[89](?:\D|$)/.test(tag)) return false;
  if (mentions(service, ['command', 'environment'], otherSharedMemory)) return false;
  const entrypoint = commandWords(service.values.get('entrypoint'));
  const command = commandWords(service.values.get('command'));
  if (entrypoint === undefined || command === undefined) return false;
  const usual = entrypoint.length === 0 || /(?:^|\/)docker-entrypoint\.sh$/.test(entrypoint[0] ?? '');
  return usual && isServerCommand([...entrypoint.slice(1), ...command]);
}

/** The words of a command; empty for none, undefined where it is not known. */
function commandWords(written: SourcedValue | undefined): readonly string[] | undefined {
  const command = written?.value;
  if (written === undefined || command === null || command === '') return [];
  if (typeof command === 'string') return command.trim().split(/\s+/);
  if (!Array.isArray(command)) return undefined;
  const words = command.filter((word) => typeof word === 'string' || typeof word === 'number');
  return words.length === command.length ? words.map(String) : undefined;
}

function isServerCommand([first, ...rest]: readonly string[]): boolean {
  if ([first, ...rest].some((word) => /^(--version|-V|--help|-\?|--describe-config)$/.test(word ?? '')))
    return false;
  if (first === undefined || first.startsWith('-')) return true;
  if (/(?:^|\/)docker-entrypoint\.sh$/.test(first)) return isServerCommand(rest);
  return first === 'postgres' || first.endsWith('/postgres') || first.endsWith('/postgresql/run.sh');
}
