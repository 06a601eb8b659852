import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { State } from '../cache/pair.js';
import type { TreeValue } from '../case.js';

/* Projects that use real package managers, and edits of them: test/sim/facts/rebuilds.json. */

interface ProjectEdit {
  readonly name: string;
  /** New content, only a new mode, or null for a file that goes. */
  readonly files?: Readonly<Record<string, string | { readonly mode: string } | null>>;
  /** What comes at the end of files. */
  readonly append?: Readonly<Record<string, string>>;
  /** What is put for what in the Dockerfile. */
  readonly replace?: readonly (readonly [string, string])[];
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** All files are written again as they are. */
  readonly touch?: true;
}

export interface Project {
  readonly name: string;
  /** Image that is not in the project's hands. */
  readonly base: string;
  readonly files: Readonly<Record<string, string>>;
  readonly edits: readonly ProjectEdit[];
}

/** The projects of the facts of the repository at `root`. */
export function readProjects(root: string): readonly Project[] {
  const file = path.join(root, 'test/sim/facts/rebuilds.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly projects: readonly Project[] }).projects;
}

function stateOf(files: Readonly<Record<string, TreeValue>>, edit?: ProjectEdit): State {
  const { Dockerfile, '.dockerignore': ignore, ...tree } = files;
  return {
    dockerfile: String(Dockerfile),
    tree,
    ...(ignore === undefined ? {} : { ignore: String(ignore) }),
    ...(edit?.args === undefined ? {} : { args: edit.args }),
    ...(edit?.target === undefined ? {} : { target: edit.target }),
  };
}

/** The project before any edit. */
export function startOf(project: Project): State {
  return stateOf(project.files);
}

/** The project after one edit. Throws where the edit does not fit. */
export function editedBy(project: Project, edit: ProjectEdit): State {
  const files: Record<string, TreeValue> = { ...project.files };
  for (const [name, value] of Object.entries(edit.files ?? {})) {
    if (value === null) delete files[name];
    else files[name] = typeof value === 'string' ? value : { content: String(files[name]), ...value };
  }
  for (const [name, more] of Object.entries(edit.append ?? {})) files[name] = String(files[name]) + more;
  for (const [from, to] of edit.replace ?? []) {
    const text = String(files.Dockerfile);
    if (!text.includes(from)) throw new Error(`${edit.name}: no "${from}" in the Dockerfile`);
    files.Dockerfile = text.replaceAll(from, to);
  }
  if (edit.touch === true) {
    for (const [name, value] of Object.entries(files)) {
      if (typeof value === 'string' && name !== 'Dockerfile' && name !== '.dockerignore')
        files[name] = { content: value, mtime: 1_700_000_001 };
    }
  }
  return stateOf(files, edit);
}
