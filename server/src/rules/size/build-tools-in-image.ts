import { imageNameOf } from '../../fixes/split/model.js';
import { packagesOf } from '../../fixes/split/parts.js';
import { projectRootOf } from '../../project/config.js';
import { argumentsOf, commandsOf, programOf, type StepCommand } from '../../sim/commands.js';
import { namesDevelopment } from '../../sim/consumers.js';
import { installOf } from '../../sim/installs.js';
import type { StageNode } from '../../sim/model.js';
import { wordsOf } from '../../sim/obstacles.js';
import { startOf } from '../../sim/start.js';
import { relativePath } from '../../text/paths.js';
import { type DockerfileContext, dockerfileRule, type RuleFinding } from '../rule.js';

/** Packages that are compilers, or bring one. */
const COMPILERS = /^(build-essential|build-base|gcc|g\+\+|gcc-\d+|clang(-\d+)?|rustc|cargo|golang(-go)?)$/;

/** Images that are a compiler or a build tool, and the programs in them that nobody starts for running. */
const KITS: readonly { readonly image: RegExp; readonly tools: RegExp }[] = [
  { image: /^golang$/, tools: /^(go|air|dlv|reflex)$/ },
  { image: /^rust$/, tools: /^cargo(-\w+)?$/ },
  { image: /^(maven|gradle)$/, tools: /^(mvnw?|gradlew?|mvnd)$/ },
  { image: /(^|\/)dotnet\/sdk$/, tools: /^$/ },
];

const INTERPRETERS =
  /^(python[0-9.]*|gunicorn|uvicorn|hypercorn|flask|celery|fastapi|node|npm|ruby|bundle|puma|rails|php|php-fpm|apache2-foreground)$/;

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A command that installs compilers, and which. */
interface Left {
  readonly at: StepCommand;
  readonly names: readonly string[];
}

/** Compilers that a RUN installs and leaves; those that it also removes count for nothing. */
function compilersLeft(commands: readonly StepCommand[]): Left | undefined {
  const removes = commands.some(
    (c) =>
      (/^(apt-get|apt)$/.test(programOf(c)) &&
        argumentsOf(c).some((arg) => /^(purge|remove|autoremove)$/.test(arg))) ||
      (programOf(c) === 'apk' && argumentsOf(c)[0] === 'del'),
  );
  if (removes) return undefined;
  for (const command of commands) {
    const names = packagesOf(command)?.filter((name) => COMPILERS.test(name)) ?? [];
    // A virtual package is there to be taken away again, maybe by a later step.
    if (names.length > 0 && !argumentsOf(command).some((arg) => /^(-t$|--virtual)/.test(arg)))
      return { at: command, names };
  }
  return undefined;
}

/** Whether a container of the shipped stage surely starts something else than a build tool. */
function runsProject(rule: DockerfileContext, target: StageNode, tools: RegExp): boolean {
  const start = startOf(rule.graph, target, rule.shell);
  if (typeof start === 'string' || start.length === 0) return false;
  return start.every((command) => {
    const program = programOf(command);
    const verb = argumentsOf(command)[0] ?? '';
    if (
      program === '' ||
      tools.test(program) ||
      COMPILERS.test(program) ||
      /^(make|cmake|bash|sh|sleep|tail)$/.test(program)
    )
      return false;
    return program !== 'dotnet' || verb.endsWith('.dll');
  });
}

/** Whether a container starts an interpreter or a server written in its language: a script may start a compiler. */
function startsInterpreter(rule: DockerfileContext, target: StageNode): boolean {
  const start = startOf(rule.graph, target, rule.shell);
  return typeof start !== 'string' && start.every((command) => INTERPRETERS.test(programOf(command)));
}

/** Steps that bring files of the project: an image without them is a tool of its own, maybe one for building. */
function holdsProject(node: StageNode): boolean {
  return node.steps.some(({ instruction }) => instruction.kind === 'COPY' || instruction.kind === 'ADD');
}

/** Whether the name of the stage, of the file or of its folder says that the image is for development or tests. */
function isForDevelopment({ snapshot, path, builds }: DockerfileContext, { stage }: StageNode): boolean {
  const place = relativePath(projectRootOf(snapshot, path), path);
  return (
    namesDevelopment(stage.name ?? '') ||
    namesDevelopment(place) ||
    builds.some(({ kind }) => kind === 'devcontainer')
  );
}

function* inKit(rule: DockerfileContext, target: StageNode): Iterable<RuleFinding> {
  for (const { stage, base, shipped } of rule.graph.stages) {
    const name = shipped && base.kind === 'image' ? base.name : undefined;
    const image = stage.from.image;
    if (name === undefined || image === undefined) continue;
    const kit = KITS.find((one) => one.image.test(imageNameOf(name).repository));
    if (kit === undefined || !runsProject(rule, target, kit.tools)) continue;
    yield {
      at: image.span,
      message: `What is shipped is built on ${name}: the build tools, and all they have downloaded, are in the image.`,
    };
  }
}

/** Compilers are in the image that is shipped, though nothing in it compiles when it runs. */
export default dockerfileRule(
  {
    id: 'build-tools-in-image',
    severity: 'information',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'never',
    summary:
      'Compilers and build tools are part of the image that is shipped, though only building needs them.',
  },
  function* (rule) {
    const { graph } = rule;
    const { target } = graph;
    if (target === undefined || !holdsProject(target) || isForDevelopment(rule, target)) return;
    // What a file for development builds of a longer one: the stages behind it are for shipping.
    if (target.stage !== rule.dockerfile.stages.at(-1)) return;
    const kits = [...inKit(rule, target)];
    yield* kits;
    // Where a whole kit is shipped, one compiler more is no news.
    if (kits.length > 0 || !runsProject(rule, target, /^$/) || !startsInterpreter(rule, target)) return;
    for (const node of graph.stages.filter(({ shipped }) => shipped)) {
      let left: Left | undefined;
      for (const step of node.steps) {
        if (step.instruction.kind !== 'RUN') continue;
        const commands = commandsOf(node, step, rule.shell) ?? [];
        const install = commands.find((command) => installOf(command) !== undefined);
        if (left !== undefined && install !== undefined) {
          yield {
            at: left.at.span,
            message: `The image keeps ${listed(left.names)}, though no step after "${wordsOf(install)}" is seen to need a compiler.`,
          };
          break;
        }
        left ??= compilersLeft(commands);
      }
    }
  },
);
