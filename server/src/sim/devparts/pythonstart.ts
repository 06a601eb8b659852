import type { PyProject } from '../../syntax/manifests/python.js';
import { joinPath } from '../../text/paths.js';
import { pythonStartNeedsDev } from '../devtools.js';
import type { Install } from '../installs/model.js';
import { pythonLoads } from '../loads.js';
import type { DevelopmentPart, InstallPlace } from './model.js';
import { mayStart } from './place.js';

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
        pythonLoads(place.shipped, folder, entries, names),
      ),
    );
}

/**
 * The folder an install of Python packages goes to; undefined where a variable chooses one that is not known. The packages
 * of the system lie in a folder named after the version: a name stands for it that no COPY has.
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
  if (where.system) return '/usr/local/lib/python-packages';
  return where.inside === true ? joinPath(root, '.venv') : where.otherwise;
}
