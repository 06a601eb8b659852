import { classifyName } from '../../project/classify.js';
import { configOf } from '../../project/config.js';
import { definitionsIn } from '../../project/definitions.js';
import { buildScripts } from '../../project/scripts.js';
import { builtOf } from '../../sim/context/built.js';
import type { StageNode } from '../../sim/model.js';
import { dirName, joinPath } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule } from '../rule.js';

/** What people call stages that they build by hand, or take something out of. */
const forPeople =
  /(?:^|[-_.])(?:a11y|api|app|artifacts?|assets|audit|base|bench(?:mark)?s?|bin|binar(?:y|ies)|build|bundle|check|ci|cli|common|compile|cov(?:erage)?|cross|cypress|debug(?:ger)?|deploy|dev(?:el|elop|elopment|container)?|dist|docs?|documentation|e2e|export|final|fmt|format|full|generate|gen|image|integration|lint(?:er)?|local|main|migrat(?:e|ion|ions|or)|minimal|mock|nonroot|output|package|playground|preview|prod(?:uction)?|profile|proto|publish|release|report|root(?:less)?|run(?:ner|time)?|scan|seed|server|service|shell|slim|staging|storybook|test(?:s|er|ing)?|tidy|tools?|ui|unit|update|validate|vendor|verify|web|worker|ws)(?:$|[-_.\d])/i;

/** The indices of the stages that a build of the project needs. */
function neededStages(rule: DockerfileContext): ReadonlySet<number> {
  const graphs = [rule.graph, ...rule.builds.flatMap((build) => builtOf(rule.snapshot, build)?.graph ?? [])];
  // What is built where nobody names a target.
  const last = builtOf(rule.snapshot, { ...rule.build, target: null })?.graph;
  const all = last === undefined ? graphs : [...graphs, last];
  return new Set(
    all.flatMap(({ stages }) => stages.filter((node) => node.reachable).map(({ stage }) => stage.index)),
  );
}

/** Stages that nothing needs, other stages included. */
function leaves(rule: DockerfileContext): readonly StageNode[] {
  const needed = neededStages(rule);
  const used = new Set(rule.graph.stages.flatMap((node) => node.needs.map(({ stage }) => stage)));
  return rule.graph.stages.filter(({ stage }) => !needed.has(stage.index) && !used.has(stage.index));
}

/** Whether a FROM with a variable in it (`FROM base-${VARIANT}`) may mean the stage, with another value. */
function mayBeChosen(rule: DockerfileContext, name: string): boolean {
  return rule.dockerfile.stages.some(({ from }) => {
    const raw = from.image?.raw ?? '';
    if (!raw.includes('$')) return false;
    const parts = raw.split(/\$(?:\{[^}]*\}|\w+)/).map((part) => part.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
  });
}

/** What people are told of the project. */
function guides({ snapshot, path }: DockerfileContext, root: string): readonly string[] {
  return [...new Set([root, dirName(path)])].flatMap((folder) =>
    (snapshot.list(folder) ?? [])
      .filter((entry) => entry.kind === 'file' && /^[\w-]+\.(?:md|rst|adoc)$/i.test(entry.name))
      .flatMap((entry) => snapshot.text(joinPath(folder, entry.name)) ?? []),
  );
}

/** Whether a text tells to build the stage (`docker build --target check`). */
function namesTarget(text: string, name: string): boolean {
  return new RegExp(`--target[ =]["']?${name.replace(/\./g, '\\.')}(?![\\w-])`, 'i').test(text);
}

/** Whether a text builds a target that a variable names. */
function isTargetChosen(text: string): boolean {
  return /--target[ =]["']?[\w.-]*[$%{]|\btarget["']?\s*[:=]\s*["']?[\w.-]*(?:\$\{?\{|\$[A-Za-z({])/.test(
    text,
  );
}

/** Whether somebody may build the stage by its name: it is made to run or to be taken out of, or some file names it. */
function mayBeTarget(rule: DockerfileContext, node: StageNode): boolean {
  const { name, instructions } = node.stage;
  const runs = instructions.some(({ kind }) => kind === 'CMD' || kind === 'ENTRYPOINT');
  if (runs || node.base.kind !== 'image') return true;
  if (name === undefined) return false;
  if (forPeople.test(name) || mayBeChosen(rule, name)) return true;
  const { root } = configOf(rule.snapshot, rule.path);
  // Where no file defines a build, people do it by hand.
  if (!definitionsIn(rule.snapshot, root).has(rule.path)) return true;
  const word = new RegExp(`(?<![\\w-])${name.replace(/\./g, '\\.')}(?![\\w-])`, 'i');
  const scripts = buildScripts(rule.snapshot, root, rule.build.context, rule.path).map(({ text }) => text);
  const others = rule.snapshot
    .index(root)
    .filter((path) => path !== rule.path && classifyName(path) !== 'dockerignore')
    .flatMap((path) => rule.snapshot.text(path) ?? []);
  const texts = [...scripts, ...others, ...guides(rule, root), rule.dockerfile.text];
  if (texts.some((text) => namesTarget(text, name) || isTargetChosen(text))) return true;
  return [...scripts, ...others].some((text) => word.test(text));
}

/** A stage that no known build needs costs nothing (BuildKit skips it), but whoever reads the file takes it for a part of the image. */
export default dockerfileRule(
  {
    id: 'unreachable-stage',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'never',
    summary: 'No build of the project needs this stage: BuildKit skips it.',
  },
  function* (rule) {
    if (rule.graph.stages.length < 2) return;
    for (const node of leaves(rule)) {
      if (mayBeTarget(rule, node)) continue;
      const { name, from } = node.stage;
      const what = name === undefined ? 'this stage' : `the stage ${name}`;
      yield {
        at: from.span,
        message: `No build of the project needs ${what}: nothing is copied from it, nothing is built on it, and no build names it as its target.`,
      };
    }
  },
);
