import { relativePath } from '../text/paths.js';
import type { Build } from './build.js';
import { classify, classifyName } from './classify.js';
import { type Config, configOf } from './config.js';
import { type Definition, definedDockerfiles, definitionsIn, definitionsOf } from './definitions.js';
import { heuristicBuild } from './heuristic.js';
import { ignoreFileOf } from './ignorefile.js';
import { loneBuild } from './lone.js';
import { derive } from './memo.js';
import type { Snapshot } from './snapshot.js';

function configuredBuilds(snapshot: Snapshot, dockerfile: string, config: Config): readonly Build[] {
  return config.builds
    .filter((build) => build.dockerfile === dockerfile)
    .map((build) => ({
      dockerfile,
      context: build.context,
      remote: false,
      ignoreFile: build.ignoreFile ?? ignoreFileOf(snapshot, dockerfile, build.context),
      target: build.target,
      args: build.args,
      namedContexts: [],
      source: 'configuration',
      kind: 'configuration',
      why: `.plimsoll.yaml lists ${relativePath(config.root, dockerfile)} with the context ${relativePath(config.root, build.context)}.`,
    }));
}

function toBuild(snapshot: Snapshot, { path: _, changing: __, git, ...definition }: Definition): Build {
  const ignoreFile = git ? null : ignoreFileOf(snapshot, definition.dockerfile, definition.context);
  return { ...definition, ...(git ? { git } : {}), remote: false, ignoreFile };
}

function sameBuild(a: Build, b: Build): boolean {
  const args = (build: Build): string => JSON.stringify(Object.entries(build.args).sort());
  return (
    a.context === b.context &&
    a.target === b.target &&
    a.ignoreFile === b.ignoreFile &&
    args(a) === args(b) &&
    a.namedContexts.join('\0') === b.namedContexts.join('\0')
  );
}

/**
 * All builds of a Dockerfile that the project defines, each once, the deciding one first: configuration, compose, bake,
 * workflow, devcontainer (order of CLI.md). Where none is defined, the one that the files suggest. Never empty.
 */
export function buildsOf(snapshot: Snapshot, dockerfile: string): readonly [Build, ...Build[]] {
  const lone = loneBuild(dockerfile);
  if (lone !== undefined) return [lone];
  const config = configOf(snapshot, dockerfile);
  return buildsWith(snapshot, dockerfile, config, definitionsOf(snapshot, config.root, dockerfile));
}

function buildsWith(
  snapshot: Snapshot,
  dockerfile: string,
  config: Config,
  definitions: readonly Definition[],
): readonly [Build, ...Build[]] {
  const all = [
    ...configuredBuilds(snapshot, dockerfile, config),
    ...definitions.map((definition) => toBuild(snapshot, definition)),
  ];
  const [first, ...others] = all.filter(
    (build, i) => !all.slice(0, i).some((earlier) => sameBuild(earlier, build)),
  );
  return first === undefined ? [suggestedBuild(snapshot, dockerfile, config.root)] : [first, ...others];
}

/** Remembered for each Dockerfile: where one changes, the others are not looked at again. */
function suggestedBuild(snapshot: Snapshot, dockerfile: string, root: string): Build {
  return derive(snapshot, `suggested:${root}:${dockerfile}`, (known) =>
    heuristicBuild(known, dockerfile, root),
  );
}

/** The configuration of a Dockerfile that can be built as it is; undefined for templates and fragments, and where there is no such file. */
function buildable(snapshot: Snapshot, dockerfile: string): Config | undefined {
  return derive(snapshot, `buildable:${dockerfile}`, (known) => {
    const text = known.text(dockerfile);
    if (text === undefined || classify(dockerfile, text).skipped !== null) return undefined;
    return configOf(known, dockerfile);
  });
}

/**
 * The builds of every Dockerfile of the project that `path` belongs to, each Dockerfile's deciding one first. Templates
 * and fragments are left out: nobody builds them as they are.
 */
export function projectBuilds(snapshot: Snapshot, path: string): readonly Build[] {
  const { root } = configOf(snapshot, path);
  return derive(snapshot, `builds:${root}`, (known) => {
    const found = known.index(root).filter((file) => classifyName(file) === 'dockerfile');
    const all = new Set([...found, ...definedDockerfiles(known, root)]);
    // Asked once for each root: to ask again is to compare all that the definitions were made of.
    const definitions = new Map<string, ReturnType<typeof definitionsIn>>();
    return [...all].sort().flatMap((file) => {
      const config = buildable(known, file);
      if (config === undefined) return [];
      const defined = definitions.get(config.root) ?? definitionsIn(known, config.root);
      definitions.set(config.root, defined);
      return buildsWith(known, file, config, defined.get(file) ?? []);
    });
  });
}
