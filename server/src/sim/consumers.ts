import type { Build } from '../project/build.js';
import { classifyName } from '../project/classify.js';
import { composeProjectOf, serviceBuild } from '../project/compose.js';
import { projectRootOf } from '../project/config.js';
import { derive } from '../project/memo.js';
import type { Snapshot } from '../project/snapshot.js';
import type { ComposeProject, ResolvedService } from '../syntax/compose/model.js';
import { parseDevcontainer } from '../syntax/devcontainer/parse.js';
import { baseName, dirName, joinPath } from '../text/paths.js';

/** Words that say that a name (of a stage, a file, a service) is for development or tests. */
const DEVELOPMENT =
  /(^|[^a-z])(dev|devel|development|develop|devcontainer|local|test|tests|testing|e2e|ci|lint|debug|debugger|watch|storybook|check|tilt|skaffold)([^a-z]|$)/i;

/** Whether a name (of a stage, a file, a folder) says that it is for development or tests. */
export function namesDevelopment(name: string): boolean {
  return DEVELOPMENT.test(name);
}

/** A service and the compose project that starts it. */
interface Started {
  readonly project: ComposeProject;
  readonly service: ResolvedService;
}

/** The services that run an image of this Dockerfile: those that build it, and those that name the image these tag. */
function servicesOf(snapshot: Snapshot, root: string, dockerfile: string): readonly Started[] {
  const seen = new Set<string>();
  const all = snapshot
    .index(root)
    .filter((path) => /\.ya?ml$/i.test(path) && classifyName(path) === 'compose')
    .flatMap((path): Started[] => {
      const project = composeProjectOf(snapshot, path);
      const key = project.files.join('\0');
      if (seen.has(key)) return [];
      seen.add(key);
      return project.services.map((service) => ({ project, service }));
    });
  const building = all.filter((s) => serviceBuild(s.project, s.service)?.dockerfile === dockerfile);
  const images = new Set<unknown>(
    building.map((s) => s.service.values.get('image')?.raw).filter((image) => image !== undefined),
  );
  return all.filter(
    (s) =>
      building.includes(s) ||
      (!s.service.values.has('build') && images.has(s.service.values.get('image')?.raw)),
  );
}

/** Programs on a file of the project, as a second service (a worker, a migration) runs them: no sign of development. */
const PLAIN_COMMAND = /^(exec )?(node [\w./-]+|celery|gunicorn|uvicorn|hypercorn|python3? [\w./-]+\.py)( |$)/;

function wordsOf(value: unknown): string {
  return (Array.isArray(value) ? value.map(String) : [String(value ?? '')]).join(' ').trim();
}

/** `NAME=value` lines of `environment`, in either form. */
function environmentOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, item]) => `${name}=${String(item)}`)
    : [];
}

function mountsSource(value: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.some((volume) => {
    const short = typeof volume === 'string' ? volume : '';
    const long =
      typeof volume === 'object' && volume !== null ? (volume as { type?: unknown }).type : undefined;
    return /^\.{1,2}(\/[^:]*)?:/.test(short) || long === 'bind';
  });
}

/**
 * Whether a service runs the image otherwise than elsewhere: it is named for it, starts something else than the image
 * does, sets a development environment, or has source mounted over the image. Of a value that is not known, what is
 * written counts.
 */
function isForDevelopment({ project, service }: Started): boolean {
  const written = (key: string): unknown => service.values.get(key)?.raw;
  if (namesDevelopment(service.name) || project.files.some((file) => namesDevelopment(baseName(file))))
    return true;
  if (service.values.has('develop') || mountsSource(written('volumes'))) return true;
  if (wordsOf(written('entrypoint')) !== '') return true;
  const command = wordsOf(written('command'));
  if (command !== '' && (!PLAIN_COMMAND.test(command) || /--(watch|reload|debug|test|inspect)/.test(command)))
    return true;
  const profiles = written('profiles');
  if (Array.isArray(profiles) && profiles.some((p) => namesDevelopment(String(p)))) return true;
  return environmentOf(written('environment')).some((line) =>
    /^(NODE_ENV|APP_ENV|FLASK_ENV|PYTHON_ENV|ENVIRONMENT|ENV)=.*\b(dev|development|test|testing|local)\b/i.test(
      line,
    ),
  );
}

function devcontainerRuns(snapshot: Snapshot, root: string, services: readonly Started[]): boolean {
  return snapshot
    .index(root)
    .filter((path) => classifyName(path) === 'devcontainer')
    .some((path) => {
      const file = snapshot.parse(path, parseDevcontainer);
      const composed = (file?.composeFiles ?? []).map((f) => joinPath(dirName(path), f));
      return services.some(
        ({ project, service }) =>
          service.name === file?.service && project.files.some((f) => composed.includes(f)),
      );
    });
}

// In a Makefile the command of Compose is often a variable.
const RUNS_IN_CONTAINER =
  /(\b(docker(-compose|\s+compose)?|podman(-compose)?|dc)\s|\$[({]\w+[)}]\s).*\b(run|exec)\s/;
const DEVELOPMENT_WORK =
  /\b((npm|yarn|pnpm)\s+(run\s+)?(test|t|lint|build|dev|check|format|typecheck|coverage|e2e)\b|npx|pytest|vitest|jest|mocha|eslint|prettier|tsc|ruff|mypy|black|phpunit|phpstan|pest|php-cs-fixer|composer|manage\.py\s+test|vendor\/bin)/;
const PUBLIC_IMAGE = /\s(node|python|php|composer)(:\S*)?\s/;

/** Whether a script of the project starts tests or the like inside a container, though not of a public image. */
function worksInContainer(text: string): boolean {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .some((line) => RUNS_IN_CONTAINER.test(line) && DEVELOPMENT_WORK.test(line) && !PUBLIC_IMAGE.test(line));
}

function scriptsWorkInContainer(snapshot: Snapshot, root: string, folder: string): boolean {
  const workflows = snapshot.index(root).filter((path) => classifyName(path) === 'workflow');
  const named = [...new Set([root, folder])].flatMap((at) =>
    (snapshot.list(at) ?? [])
      .filter((e) =>
        /^(GNUmakefile|[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml|package\.json|\.gitlab-ci\.yml)$/.test(e.name),
      )
      .map((e) => joinPath(at, e.name)),
  );
  return [...workflows, ...named].some((path) => snapshot.parse(path, worksInContainer) === true);
}

/** Whether a service, a dev container or a script of the project runs an image of this Dockerfile for development or tests. */
export function runsForDevelopment(snapshot: Snapshot, { dockerfile }: Build): boolean {
  const root = projectRootOf(snapshot, dockerfile);
  return derive(snapshot, `consumers:${dockerfile}`, (known) => {
    const services = servicesOf(known, root, dockerfile);
    return (
      services.some(isForDevelopment) ||
      devcontainerRuns(known, root, services) ||
      scriptsWorkInContainer(known, root, dirName(dockerfile))
    );
  });
}
