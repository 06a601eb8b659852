import type { TraceRequest } from '../../scripts/ecosystems/model.js';
import type { Closure } from '../../server/src/project/closures/model.js';
import { contextView } from '../../server/src/project/context.js';
import { buildsOf } from '../../server/src/project/discover.js';
import { closureOf, imageFiles, prefetchOf } from '../../server/src/sim/closures.js';
import { commandsOf } from '../../server/src/sim/commands.js';
import { localCopyOf } from '../../server/src/sim/copies.js';
import { buildOf, installOf } from '../../server/src/sim/installs.js';
import { buildGraph, shellOf } from '../../server/src/sim/stages.js';
import { parseDockerfile } from '../../server/src/syntax/dockerfile/parse.js';
import type { ShellParser } from '../../server/src/syntax/shell/model.js';
import { isInside, joinPath, relativePath } from '../../server/src/text/paths.js';
import { memorySnapshot, root } from '../harness/memfs.js';

/** Where the project lies in the image. */
const APP = '/srv/app';

/** Files that say how an image is built and are no part of the project. */
const OWN = /(^|\/)(Dockerfile|[\w-]+\.Dockerfile|\.dockerignore)$/;

/** What the model says of one command on a project that is copied whole; paths relative to the project. */
export interface Modelled {
  readonly closure: Closure;
  /** The command that runs before a build of the project. */
  readonly prefetch?: string;
}

function inProject(closure: Closure): Closure {
  const relative = (paths: readonly string[]): string[] =>
    paths.flatMap((at) => (isInside(APP, at) ? [relativePath(APP, at)] : []));
  const { files, folders, candidates, outputs } = closure;
  return {
    ...closure,
    files: relative(files),
    folders: relative(folders),
    candidates: relative(candidates),
    outputs: relative(outputs),
  };
}

/** The closure of a command as a Dockerfile with `COPY . .` before it has it. Throws where the model does not know the command. */
export function modelOf(
  parser: ShellParser,
  texts: Readonly<Record<string, string>>,
  request: Pick<TraceRequest, 'command' | 'build' | 'folder'>,
): Modelled {
  const command = request.build ?? request.command;
  const text = `FROM base\nCOPY . ${APP}\nWORKDIR ${joinPath(APP, request.folder ?? '.')}\nRUN ${command}\n`;
  const project = Object.entries(texts).filter(([name]) => !OWN.test(name));
  const snapshot = memorySnapshot({ ...Object.fromEntries(project), Dockerfile: text });
  const [build] = buildsOf(snapshot, `${root}/Dockerfile`);
  const context = contextView(snapshot, build);
  const dockerfile = parseDockerfile(text);
  const graph = buildGraph(dockerfile, { target: null, args: {}, namedContexts: [] });
  const node = graph.stages[0];
  const step = node?.steps.at(-1);
  if (context === undefined || node === undefined || step === undefined) throw new Error('no stage');
  const commands = commandsOf(node, step, shellOf(parser)) ?? [];
  const copies = node.steps.flatMap((s) => localCopyOf(node, s, context, dockerfile.escape) ?? []);
  const image = imageFiles(node, step, copies, context);
  for (const one of commands) {
    const install = request.build === undefined ? installOf(one) : undefined;
    const closure = install === undefined ? undefined : closureOf(install, step, image, commands);
    if (closure !== undefined) return { closure: inProject(closure) };
    const built = buildOf(one);
    const prefetch = built === undefined ? undefined : prefetchOf(built, step, image, commands);
    if (prefetch !== undefined) return { closure: inProject(prefetch.closure), prefetch: prefetch.script };
  }
  throw new Error(`the model knows no closure of "${command}"`);
}
