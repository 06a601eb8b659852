import type { PyProject } from '../../syntax/manifests/python.js';
import { joinPath } from '../../text/paths.js';
import { pythonStartNeedsDev } from '../devtools.js';
import type { Install } from '../installs/model.js';
import { pythonLoads } from '../loads.js';
import type { DevelopmentPart, InstallPlace } from './model.js';
import { mayStart } from './place.js';

/** Where the packages of the system lie: a folder named after the version of Python, for which this name stands that no COPY has. */
export const SYSTEM_PACKAGES = '/usr/local/lib/python-packages';

/** A project of which no more is known than what it depends on. */
export function plainProject(dependencies: readonly string[]): PyProject {
  return {
    name: undefined,
    project: false,
    dynamic: [],
    readme: undefined,
    dependencies,
    scripts: [],
    buildSystem: false,
    groups: {},
    anyDependency: [],
    localAddress: false,
    uv: {
      package: undefined,
      workspace: false,
      members: [],
      exclude: [],
      sources: [],
      localIndexes: [],
      defaultGroups: undefined,
    },
  };
}

/** Modules that variables name and a program loads: Django's settings, the application of Flask. */
function namedModules({ graph }: InstallPlace): readonly string[] {
  const environment = graph.target?.steps.at(-1)?.environment;
  return ['DJANGO_SETTINGS_MODULE', 'FLASK_APP', 'CELERY_APP'].flatMap((name) => {
    const value = environment?.get(name);
    return value === undefined ? [] : [value.replace(/:.*$/, '')];
  });
}

/** Whether a start may need one of `names`, for a Python project. */
export function pythonStart(
  install: Install,
  place: InstallPlace,
  project: PyProject,
  names: ReadonlySet<string>,
): DevelopmentPart['startNeedsDev'] {
  return (start) =>
    mayStart(start, (words, folder = install.folder) =>
      pythonStartNeedsDev(words, project, names, (entries) =>
        pythonLoads(place.shipped, folder, [...entries, ...namedModules(place)], names),
      ),
    );
}

/**
 * The folder an install of Python packages goes to; undefined where a variable chooses one that is not known. The packages
 * of the system lie in `SYSTEM_PACKAGES`.
 */
export function pythonFolder(
  place: InstallPlace,
  root: string,
  where: {
    readonly inside: boolean | undefined;
    readonly system: boolean;
    readonly otherwise: string;
  },
): string | undefined {
  const { environment } = place.step;
  if (environment.has('VIRTUAL_ENV')) return environment.get('VIRTUAL_ENV');
  if (where.system) return SYSTEM_PACKAGES;
  return where.inside === true ? joinPath(root, '.venv') : where.otherwise;
}
