import type { SourceQuery } from '../../project/measure.js';
import { cleanSource } from '../../project/tree.js';
import { expandWord } from '../../syntax/dockerfile/expand.js';
import type {
  CopyInstruction,
  Dockerfile,
  Instruction,
  Mount,
  RunInstruction,
} from '../../syntax/dockerfile/model.js';
import { cleanPath } from '../../syntax/dockerignore/gopath.js';
import { compareBytes } from '../../text/order.js';
import { lineOf } from '../lineage.js';
import type { StageGraph, StageNode, Step } from '../model.js';
import type { ContextNeeds, ContextUse, UsedSource } from './model.js';

/** What one step asks of the context. */
interface Asked {
  /** Paths that become needed, cleaned. */
  readonly paths: readonly string[];
  readonly use: ContextUse | undefined;
  readonly unknown: boolean;
}

const nothing: Asked = { paths: [], use: undefined, unknown: false };

type Expand = (raw: string) => string | undefined;

/** Whether the stage is, in the end, FROM scratch, so that what no instruction sets is surely not set. */
function isClosed(graph: StageGraph, node: StageNode): boolean {
  return lineOf(graph, node).at(-1)?.base.kind === 'scratch';
}

function expander(step: Step, closed: boolean, dockerfile: Dockerfile): Expand {
  const lookup = (name: string): string | null | undefined => {
    if (step.environment.has(name)) return step.environment.get(name);
    // The base image may set what this file does not.
    return closed && name !== 'PATH' ? null : undefined;
  };
  return (raw) => expandWord(raw, lookup, dockerfile.escape);
}

const HTTP = /^https?:\/\//;
const GIT = /^(git:\/\/|ssh:\/\/|git@|[\w.-]+@[\w.-]+:)/;

/** Whether a source of ADD is fetched from elsewhere. */
export function isAddress(written: string): boolean {
  return HTTP.test(written) || GIT.test(written);
}

/** What BuildKit makes of the value of a flag: it reads each byte as a character, so `é` is `Ã©` (tried with 0.33). */
function flagText(value: string): string {
  return /[^\0-\x7F]/.test(value) ? String.fromCharCode(...new TextEncoder().encode(value)) : value;
}

/** The values of a flag that may be given several times. */
function flagValues(instruction: CopyInstruction, name: string): readonly string[] {
  return instruction.flags.flatMap((flag) =>
    flag.name === name && flag.value !== undefined ? [flagText(flag.value)] : [],
  );
}

/** Whether a flag that is on or off is on. */
export function hasFlag(instruction: CopyInstruction, name: string): boolean {
  return instruction.flags.some((flag) => flag.name === name && !/^(false|f|0)$/i.test(flag.value ?? 'true'));
}

/** The pattern of --parents: of an absolute path BuildKit takes one `/` away, so that with two of them nothing matches. */
function parentsPattern(written: string): string {
  return written.startsWith('/') ? cleanPath(written.slice(1)) : cleanSource(written);
}

/** What a source of a COPY or ADD asks for; `written` is the source with its variables put in. */
export function copyQuery(instruction: CopyInstruction, written: string): SourceQuery {
  const parents = instruction.kind === 'COPY' && hasFlag(instruction, 'parents');
  const exclude = flagValues(instruction, 'exclude');
  const query = { path: cleanSource(written), wildcards: true, parents, exclude };
  if (!parents) return query;
  const pivot = written.indexOf('/./');
  const folder = pivot < 0 ? '.' : cleanSource(written.slice(0, pivot));
  const pattern = parentsPattern(pivot < 0 ? written : written.slice(pivot + 3));
  return folder === '.' && pattern === query.path ? query : { ...query, pivot: { folder, pattern } };
}

function askedByCopy(instruction: CopyInstruction, step: Step, expand: Expand): Asked {
  if (instruction.kind === 'COPY' && instruction.from !== undefined) return nothing;
  const paths: string[] = [];
  const sources: UsedSource[] = [];
  let unknown = false;
  for (const word of instruction.sources) {
    const written = expand(word.raw);
    if (written === undefined) {
      // An address stays one, whatever is put in at its end.
      if (instruction.kind !== 'ADD' || !HTTP.test(word.value)) unknown = true;
      continue;
    }
    if (instruction.kind === 'ADD' && HTTP.test(written)) continue;
    paths.push(cleanSource(written));
    // BuildKit needs the address of a repository as a path too, which is harmless.
    if (instruction.kind === 'ADD' && GIT.test(written)) continue;
    sources.push({ query: copyQuery(instruction, written), written, span: word.span });
  }
  const kind = instruction.kind === 'ADD' ? 'add' : 'copy';
  return { paths, use: sources.length > 0 ? { kind, step, instruction, sources } : undefined, unknown };
}

/** A mount's source, where the context is what it mounts. */
function askedByMount(
  mount: Mount,
  expand: Expand,
): { path: string; source: UsedSource | undefined } | 'unknown' | undefined {
  if (mount.from !== undefined && mount.from !== '') return undefined;
  const type = expand(mount.type)?.toLowerCase();
  if (type === undefined) return 'unknown';
  if (type !== 'bind' && type !== 'tmpfs') return undefined;
  const written = mount.source === undefined ? '/' : expand(flagText(mount.source));
  if (written === undefined) return 'unknown';
  const path = cleanSource(written);
  if (type === 'tmpfs') return { path, source: undefined };
  const option = mount.options.findLast(({ key }) => key === 'source' || key === 'src');
  const query = { path, wildcards: false, parents: false, exclude: [] };
  return { path, source: { query, written, span: option?.span ?? mount.flag.span } };
}

function askedByRun(instruction: RunInstruction, step: Step, expand: Expand): Asked {
  const asked = instruction.mounts.map((mount) => askedByMount(mount, expand));
  const known = asked.flatMap((one) => (one === undefined || one === 'unknown' ? [] : [one]));
  const sources = known.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return {
    paths: known.map(({ path }) => path),
    use: sources.length > 0 ? { kind: 'mount', step, instruction, sources } : undefined,
    unknown: asked.includes('unknown'),
  };
}

function askedBy(step: Step, expand: Expand): Asked {
  const { instruction } = step;
  if (instruction.kind === 'RUN') return askedByRun(instruction, step, expand);
  return instruction.kind === 'COPY' || instruction.kind === 'ADD'
    ? askedByCopy(instruction, step, expand)
    : nothing;
}

/** Whether a named context takes the place of the whole stage, so that none of its steps runs. */
export function isReplaced({ stage, base }: StageNode): boolean {
  return base.kind === 'context' && base.name === stage.name?.toLowerCase();
}

/** Mounts of a stage whose files they do not bring: the stage has to be there, but nothing of it is built. */
const emptyMounts = new Set(['tmpfs', 'secret', 'ssh']);

/** Whether a need makes BuildKit build the stage, not only read it. */
function isBuilt(graph: StageGraph, need: StageNode['needs'][number]): boolean {
  const { by, how, stage } = need;
  if (how !== 'mount' || by.kind !== 'RUN') return true;
  const name = graph.stages[stage]?.stage.name?.toLowerCase();
  return by.mounts.some(({ from, type }) => from?.toLowerCase() === name && !emptyMounts.has(type));
}

/** The stages of which some step is run: fewer than those whose needs count. */
export function builtStages(graph: StageGraph): ReadonlySet<StageNode> {
  const built = new Set<StageNode>();
  const todo = graph.target === undefined ? [] : [graph.target];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (built.has(node)) continue;
    built.add(node);
    if (isReplaced(node)) continue;
    for (const need of node.needs) {
      const next = graph.stages[need.stage];
      if (next !== undefined && isBuilt(graph, need)) todo.push(next);
    }
  }
  return built;
}

/** Whether the base image is one of those that are made to bring ONBUILD instructions along. */
function mayTrigger({ base }: StageNode): boolean {
  return base.kind === 'image' && /(?:^|[^a-z])onbuild(?:[^a-z]|$)/.test(base.name ?? '');
}

/** Whether a stage is FROM a name with an unknown variable that may be a stage before it: `FROM base-$TARGETARCH`. */
function mayBeStage({ stages }: StageGraph, { base, stage }: StageNode): boolean {
  const raw = stage.from.image?.raw;
  if (base.kind !== 'image' || base.name !== undefined || raw === undefined) return false;
  const parts = raw.split(/\$\{[^}]*\}|\$\w+/).map((part) => part.replace(/[^\w-]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'i');
  return stages.some((other) => other.stage.index < stage.index && pattern.test(other.stage.name ?? ''));
}

/**
 * What the reachable stages of a build take from its context (SPEC B1): the paths BuildKit asks the client for, and the
 * instructions that take them. What ONBUILD of a base image adds can't be known: where its name says that it has some, FROM
 * is among the unknown.
 */
export function contextNeeds(graph: StageGraph, dockerfile: Dockerfile): ContextNeeds {
  const paths = new Set<string>();
  const uses: ContextUse[] = [];
  const unknown: Instruction[] = [];
  const built = builtStages(graph);
  for (const node of graph.stages) {
    if (!node.reachable || isReplaced(node)) continue;
    if (mayBeStage(graph, node)) unknown.push(node.stage.from);
    const closed = isClosed(graph, node);
    if (mayTrigger(node)) unknown.push(node.stage.from);
    for (const step of [...node.triggered, ...node.steps]) {
      const asked = askedBy(step, expander(step, closed, dockerfile));
      for (const path of asked.paths) paths.add(path);
      if (asked.use !== undefined && built.has(node)) uses.push(asked.use);
      if (asked.unknown) unknown.push(step.instruction);
    }
  }
  const follow = paths.has('.') ? null : [...paths].sort(compareBytes);
  const loaded = uses.length > 0;
  return { loaded, follow: loaded && follow?.length === 0 ? null : follow, uses, unknown };
}
