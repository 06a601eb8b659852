import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { addMapKey, appendToScalar } from '../../fixes/yaml.js';
import type { Snapshot } from '../../project/snapshot.js';
import { splitVolume } from '../../syntax/compose/merge.js';
import type { ComposeValue } from '../../syntax/compose/model.js';
import { nodeSpan } from '../../syntax/yaml/nodes.js';
import type { TextEdit } from '../../text/edit.js';
import { baseName, dirName, joinPath, normalizePath } from '../../text/paths.js';
import { type ComposeContext, composeRule, type Fix, type RuleFinding } from '../rule.js';

/** Where services keep configuration, data, sockets and logs: what is mounted there is no source code. */
const noSource =
  /^\/(?:etc|var(?!\/www)|run|tmp|proc|sys|dev|root|boot|mnt|media|data|backups?|logs?|certs?|config|secrets?|docker-entrypoint[^/]*|usr\/share|usr\/local\/etc)(?:\/|$)|^\/home\/[^/]+\/\./;

/** Parts of a source path, and last parts of a target, that stand for what is served, written or configured, and no source code. */
const otherThings =
  /^(?:data|db|database|media|mediafiles|uploads?|storage|logs?|backups?|htmlcov|coverage|[\w-]*reports?|test-results|videos|screenshots|downloads|conf|config|configuration|settings|keys|keyvault|certs?|secrets?|fixtures|assets|static|staticfiles|geoip|plugins|themes|cache|tmp|temp|out|output|dist|node_modules|target|vendor)$/i;

/**
 * Options of a short volume with which nothing is to be said: the consistency is there already; the container only
 * reads (configuration as a rule); `z` and `Z` are for SELinux, so for Linux.
 */
const settled = new Set(['cached', 'delegated', 'consistent', 'ro', 'z', 'Z']);

interface Mount {
  readonly node: Node;
  readonly source: string;
  readonly edits: readonly TextEdit[] | undefined;
}

/** Source folders mounted without a consistency option: counts on Docker Desktop for Mac with osxfs only. */
export default composeRule(
  {
    id: 'bind-mount-consistency',
    severity: 'hint',
    profile: 'everything',
    since: '0.1.0',
    fixes: 'sometimes',
    summary:
      'A source folder is mounted without a consistency option; it counts on old Docker Desktop for Mac only.',
  },
  function* (context) {
    for (const service of context.file.services) {
      for (const mount of mounts(context, service.values.get('volumes'))) yield finding(context, mount);
    }
  },
);

function finding(context: ComposeContext, { node, source, edits }: Mount): RuleFinding {
  const fix: Fix = {
    title: 'Add the option cached (no effect but on osxfs)',
    // Accepted by every engine, and read by osxfs only.
    applicability: 'safe',
    changes: () => [{ kind: 'edit', path: context.path, edits: edits ?? [] }],
  };
  return {
    at: nodeSpan(node, context.file.text),
    message: `The source folder "${source}" is mounted without a consistency option, which counts on old Docker Desktop for Mac (osxfs) only.`,
    fixes: edits === undefined ? [] : [fix],
  };
}

function* mounts(context: ComposeContext, volumes: ComposeValue | undefined): Generator<Mount> {
  // A list that other services share by an anchor is found where it is written, if a service writes it.
  if (volumes === undefined || volumes.shared || !isSeq(volumes.node)) return;
  for (const item of volumes.node.items) {
    const mount = isScalar(item)
      ? shortMount(context, item, volumes.node.flow === true)
      : longMount(context, item);
    if (mount !== undefined) yield mount;
  }
}

function shortMount(context: ComposeContext, node: Node, flow: boolean): Mount | undefined {
  const text = isScalar(node) ? node.value : undefined;
  if (typeof text !== 'string' || text.includes('$')) return undefined;
  const { source, target, options } = splitVolume(text);
  if (options.some((option) => settled.has(option))) return undefined;
  if (!isSourceFolder(context, source, target)) return undefined;
  const suffix = options.length > 0 ? ',cached' : ':cached';
  return { node, source, edits: appendToScalar(context.file.text, node, suffix, flow) };
}

function longMount(context: ComposeContext, node: unknown): Mount | undefined {
  if (!isMap(node)) return undefined;
  const [type, source, target] = ['type', 'source', 'target'].map((key) => node.get(key));
  if (type !== 'bind' || typeof source !== 'string' || typeof target !== 'string') return undefined;
  if (
    `${source}${target}`.includes('$') ||
    node.has('consistency') ||
    node.has('<<') ||
    node.get('read_only') === true
  )
    return undefined;
  if (!isSourceFolder(context, source, target)) return undefined;
  const edits = addMapKey(context.file.text, node, 'consistency', 'cached', ['target']);
  return { node, source, edits };
}

/**
 * Whether a mount brings a folder of the project into a place for code. Drive letters and other absolute paths are not
 * those of a Mac, where osxfs shared `/Users` as a rule; `~` holds settings and keys.
 */
function isSourceFolder(
  { path, snapshot }: ComposeContext,
  source: string,
  target: string | undefined,
): boolean {
  if (target === undefined || !target.startsWith('/') || noSource.test(target)) return false;
  if (!/^(?:\.{1,2}(?:\/|$)|\/Users\/)/.test(source)) return false;
  if ([...source.split('/'), baseName(normalizePath(target))].some((part) => otherThings.test(part)))
    return false;
  return isFolder(snapshot, joinPath(dirName(path), source));
}

function isFolder(snapshot: Snapshot, path: string): boolean {
  const entry = snapshot.list(dirName(path))?.find((e) => e.name === baseName(path));
  if (entry !== undefined) return entry.kind === 'folder' || entry.kind === 'link';
  // Not there (yet), or not known: Docker would make a folder of it; a name with an ending was meant as a file.
  return !/^\.|.\.[a-z]\w*$/i.test(baseName(path));
}
