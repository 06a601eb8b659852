import { addLines } from '../../fixes/ignore.js';
import type { Build } from '../../project/build.js';
import { configOf } from '../../project/config.js';
import { buildScripts, type Script } from '../../project/scripts.js';
import type { Snapshot } from '../../project/snapshot.js';
import { builtOf } from '../../sim/context/built.js';
import { type Maker, makersOf } from '../../sim/context/makers.js';
import { type MissingReason, type MissingSource, missingSources } from '../../sim/context/missing.js';
import { contextNeeds } from '../../sim/context/needs.js';
import { foundByName, otherContext, unsureScript } from '../../sim/context/plausible.js';
import type { IgnorePattern } from '../../syntax/dockerignore/model.js';
import { baseName, joinPath, relativePath } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type Fix, type RuleFinding } from '../rule.js';

interface Case extends DockerfileContext {
  /** The project root. */
  readonly root: string;
  readonly scripts: () => readonly Script[];
}

/** Names that tools give to what they build: such a path is not called missing on its name alone. */
const builtName =
  /(?:^|\/)(?:dist|build|out|output|outputs|target|bin|obj|publish|release|releases|artifacts?|_output|_build|\.next|\.nuxt|\.output|\.svelte-kit|node_modules|vendor|coverage|site|public|www|generated|gen|tmp|\.tmp|cache|\.cache|wheels?|wheelhouse|packages-built|stage|staging|rootfs|layers?|deps|certs?|keys?|secrets?|data|models?|weights|checkpoints?|downloads?)(?:\/|$)|\.(?:jar|war|ear|whl|tgz|tar|gz|xz|bz2|zip|deb|rpm|apk|exe|dll|so|bin|img|iso|wasm|class|pyc|o|a|lib|env|pem|crt|key|cer|pfx|p12|jks|gem|nupkg|phar|min\.js|map|onnx|pt|pth|h5|ckpt|gguf|safetensors|parquet|db|sqlite3?)$|(?:^|\/)\.env[^/]*$/i;
/** Test data and templates are not there to be built. */
const sideFolder =
  /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|testdata|test-data|test_data|examples?|samples?|demos?|docs?|templates?|skeletons?|boilerplates?|vendor|third[_-]?party)(?:\/|$)/i;
const templated = /\{\{|\}\}|<%|__[A-Z_]+__|\{%/;

/** What a source's word depends on that a build could set otherwise. */
function dependsOnUnknown(build: Build, text: string): boolean {
  return [...text.matchAll(/\$\{?(\w+)?/g)].some(([, name]) => {
    const value = name === undefined ? undefined : build.args[name];
    return value === undefined || value === null;
  });
}

/** The source as it stands in the Dockerfile. */
function wordOf({ dockerfile }: DockerfileContext, { source }: MissingSource): string {
  return dockerfile.text.slice(source.span.start, source.span.end);
}

/** Whether another build of this Dockerfile finds what this one does not. */
function foundElsewhere(context: Case, missing: MissingSource): boolean {
  const { snapshot, build } = context;
  const { start } = missing.source.span;
  return context.builds.some((other) => {
    if (other === build || other.remote) return other.remote;
    const needs = builtOf(snapshot, other)?.needs;
    if (needs === undefined) return false;
    const reached = needs.uses.some(({ sources }) => sources.some(({ span }) => span.start === start));
    return (
      reached && !missingSources(snapshot, other, needs).some(({ source }) => source.span.start === start)
    );
  });
}

/** Whether the context of a build that nobody defined may be another folder. */
function contextUnsure(context: Case): boolean {
  const { snapshot, build, graph, dockerfile, root } = context;
  if (build.kind !== 'heuristic') return false;
  if (sideFolder.test(relativePath(root, build.dockerfile))) return true;
  const needs = contextNeeds(graph, dockerfile);
  const { found, of } = foundByName(snapshot, build, needs);
  if (found === 0 || found * 2 < of) return true;
  if (unsureScript(build, context.scripts()) !== undefined) return true;
  return otherContext(snapshot, root, build, needs) !== undefined;
}

function folderName({ build, root }: Case): string {
  return build.context === root ? 'the project root' : `\`${relativePath(root, build.context)}\``;
}

function lineOf(snapshot: Snapshot, file: string, by: IgnorePattern): string {
  const text = snapshot.text(file) ?? '';
  return `\`${text.slice(by.span.start, by.span.end)}\`, line ${by.line + 1} of ${baseName(file)}`;
}

function shown(context: Case, missing: MissingSource): string {
  return `\`${wordOf(context, missing)}\``;
}

function reasonText(context: Case, missing: MissingSource): string {
  const { reason } = missing;
  const what = shown(context, missing);
  switch (reason.kind) {
    case 'missing':
      return reason.at === missing.source.query.path
        ? `${what} is not in the build context, ${folderName(context)}`
        : `${what} is not in the build context: ${folderName(context)} has no \`${reason.at}\``;
    case 'outside':
      return `${what} leads out of the build context, ${folderName(context)}; BuildKit drops the \`..\` and looks for \`${missing.source.query.path}\`, which is not there`;
    case 'case':
      return `${what} is \`${reason.actual}\` on the disk, and BuildKit minds upper and lower case`;
    case 'ignored': {
      const there = reason.there ? '' : ', and is not there either';
      return `${what} is kept out of the build context by ${lineOf(context.snapshot, reason.file, reason.by)}${there}`;
    }
    case 'link':
      return reason.by === undefined
        ? `${what} leads over the link \`${reason.link}\` to \`${reason.target}\`, which is not in the build context`
        : `${what} leads over the link \`${reason.link}\` to \`${reason.target}\`, which the ignore file keeps out of the build context`;
    case 'file':
      return `${what} cannot be found: \`${reason.file}\` is a file`;
    case 'unmatched':
      return `${what} matches nothing, and nothing else of \`${reason.folder}\` is sent, so that BuildKit misses the folder itself`;
  }
}

function makerText(context: Case, makers: readonly Maker[]): string {
  const [first] = makers;
  if (first === undefined) return '';
  const file = relativePath(context.root, first.file);
  return first.kind === 'ignored'
    ? `${file} keeps it out of the repository, so it has to be made before the build`
    : `${file} names it, so it may be made before the build`;
}

/** Whether some step may still make the source, so that the finding is a hint at most. */
function mayBeMade(reason: MissingReason): boolean {
  return reason.kind === 'missing' || reason.kind === 'unmatched' || reason.kind === 'link';
}

/** The path that is to be looked for in scripts and in git's rules. */
function absolutePath({ build }: Case, { reason, source }: MissingSource): string {
  const path = reason.kind === 'link' ? reason.link : source.query.path;
  return joinPath(build.context, path);
}

/** A missing source, and what may still make it. */
interface Judged {
  readonly missing: MissingSource;
  readonly makers: readonly Maker[];
}

/** Sources that are missing for one and the same reason, in the order of the file. */
interface Cause {
  readonly first: Judged;
  readonly others: readonly Judged[];
  /** No path that the build needs by name is in its context. */
  readonly wrongContext: boolean;
}

function caseFix(context: Case, all: readonly MissingSource[]): readonly Fix[] {
  const edits = all.flatMap((missing) => {
    const { reason, source } = missing;
    if (reason.kind !== 'case') return [];
    if (!wordOf(context, missing).toLowerCase().endsWith(reason.actual.toLowerCase())) return [];
    const { end } = source.span;
    return [{ span: { start: end - reason.actual.length, end }, newText: reason.actual }];
  });
  const [first] = edits;
  if (first === undefined || edits.length < all.length) return [];
  return [
    {
      title: `Write \`${first.newText}\`, as on the disk`,
      applicability: 'manual',
      changes: () => [{ kind: 'edit', path: context.path, edits }],
    },
  ];
}

function letInFix({ snapshot }: Case, all: readonly MissingSource[]): readonly Fix[] {
  const hidden = all.flatMap(({ reason }) => (reason.kind === 'ignored' && reason.there ? [reason] : []));
  const [first] = hidden;
  if (first === undefined || hidden.length < all.length) return [];
  const { file } = first;
  const paths = [...new Set(hidden.map(({ path }) => path))];
  const text = snapshot.text(file);
  const exceptions = paths.map((path) => `!${path}`);
  const edit = text === undefined ? undefined : addLines(text, exceptions);
  if (edit === undefined) return [];
  return [
    {
      title: `Let ${listed(paths)} in again in ${baseName(file)}`,
      applicability: 'manual',
      changes: () => [{ kind: 'edit', path: file, edits: [edit] }],
    },
  ];
}

function listed(paths: readonly string[]): string {
  const words = paths.map((path) => `\`${path}\``);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What sources that are missing for the same reason have in common. */
function causeOf(context: Case, { missing, makers }: Judged): string {
  const { reason } = missing;
  const made = makerText(context, makers);
  switch (reason.kind) {
    case 'missing':
      return `${reason.kind} ${reason.at} ${made}`;
    case 'outside':
      return `${reason.kind} ${reason.meant}`;
    case 'case':
      return `${reason.kind} ${reason.actual}`;
    case 'ignored':
      return `${reason.kind} ${reason.there} ${reason.file} ${reason.by.line}`;
    case 'link':
      return `${reason.kind} ${reason.link} ${made}`;
    case 'file':
      return `${reason.kind} ${reason.file}`;
    case 'unmatched':
      return `${reason.kind} ${reason.folder} ${made}`;
  }
}

/** Whether nothing that the build needs by name is in its context: then that is the mistake, not each of the paths. */
function isWrongContext({ snapshot, build, graph, dockerfile }: Case, all: readonly Judged[]): boolean {
  const paths = all.map(({ missing: { reason } }) => (reason.kind === 'missing' ? reason.at : undefined));
  if (new Set(paths).size < 2 || paths.includes(undefined)) return false;
  if (all.some(({ makers }) => makers.length > 0)) return false;
  return foundByName(snapshot, build, contextNeeds(graph, dockerfile)).found === 0;
}

function causesOf(context: Case, judged: readonly Judged[]): readonly Cause[] {
  const all = [...judged].sort((a, b) => a.missing.source.span.start - b.missing.source.span.start);
  const wrongContext = isWrongContext(context, all);
  const groups = new Map<string, Judged[]>();
  for (const one of all) {
    const key = wrongContext ? '' : causeOf(context, one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, others, wrongContext }],
  );
}

function contextText(context: Case): string {
  const { snapshot, build, graph, dockerfile, root } = context;
  const other = otherContext(snapshot, root, build, contextNeeds(graph, dockerfile));
  const there =
    other === undefined
      ? ''
      : ` All of it is in ${other === root ? 'the project root' : `\`${relativePath(root, other)}\``}.`;
  return `Nothing that is copied by name is in the build context, ${folderName(context)} (${build.source}): the build fails here.${there}`;
}

function messageOf(context: Case, { first, others, wrongContext }: Cause): string {
  if (wrongContext) return contextText(context);
  const text = reasonText(context, first.missing);
  const more =
    others.length === 0 ? '' : others.length === 1 ? 'one more place' : `${others.length} more places`;
  if (first.makers.length === 0)
    return `${text}: the build fails here${more === '' ? '' : `, and in ${more} for the same reason`}.`;
  return `${text}. ${makerText(context, first.makers)}.${more === '' ? '' : ` The same holds in ${more}.`}`;
}

function finding(context: Case, cause: Cause): RuleFinding {
  const { first, others } = cause;
  const { reason, source } = first.missing;
  const all = [first, ...others].map(({ missing }) => missing);
  return {
    at: source.span,
    severity: first.makers.length > 0 ? 'hint' : 'error',
    message: messageOf(context, cause),
    related: [
      ...(reason.kind === 'ignored'
        ? [{ path: reason.file, at: reason.by.span, message: 'This line keeps it out.' }]
        : []),
      ...others.map(({ missing }) => ({
        at: missing.source.span,
        message: `${shown(context, missing)} is not found for the same reason.`,
        same: true as const,
      })),
    ],
    fixes: cause.wrongContext ? [] : [...caseFix(context, all), ...letInFix(context, all)],
  };
}

/** A source that this build surely misses, with what may still make it; undefined where another answer is as likely. */
function judged(context: Case, missing: MissingSource): Judged | undefined {
  const { build, snapshot, root } = context;
  const { reason, source } = missing;
  const word = wordOf(context, missing);
  if (dependsOnUnknown(build, word) || templated.test(word)) return undefined;
  const made = mayBeMade(reason);
  const makers = made ? makersOf(snapshot, root, absolutePath(context, missing), context.scripts()) : [];
  if (makers.some(({ kind }) => kind === 'submodule')) return undefined;
  // Steps of a workflow that come before the build are known by their text only.
  if (made && makers.length === 0 && (builtName.test(source.query.path) || build.kind === 'workflow'))
    return undefined;
  return foundElsewhere(context, missing) || contextUnsure(context) ? undefined : { missing, makers };
}

/** A source of COPY, ADD or a bind mount that BuildKit will not find in the context of the build that decides. */
export default dockerfileRule(
  {
    id: 'copy-source-missing',
    severity: ['error', 'hint'],
    profile: 'default',
    since: '0.1.0',
    fixes: 'sometimes',
    summary:
      'COPY takes a path that is not in the build context: missing, ignored, outside or in another case.',
    peers: ['buildkit CopyIgnoredFile'],
  },
  function* (context) {
    const { graph, dockerfile, build, snapshot } = context;
    if (build.remote || templated.test(context.path)) return;
    const missing = missingSources(snapshot, build, contextNeeds(graph, dockerfile));
    if (missing.length === 0) return;
    const { root } = configOf(snapshot, context.path);
    let scripts: readonly Script[] | undefined;
    const own: Case = {
      ...context,
      root,
      scripts: () => {
        scripts ??= buildScripts(snapshot, root, build.context, build.dockerfile);
        return scripts;
      },
    };
    const sure = missing.flatMap((one) => judged(own, one) ?? []);
    for (const cause of causesOf(own, sure)) yield finding(own, cause);
  },
);
