import { entryPath } from '../../project/tree.js';
import { junkLine, type KnownJunk, knownJunk } from './catalogue.js';
import { madeCandidates } from './folders.js';
import { leavesCommit, mayReadUnseen, readsRepository } from './gitreads.js';
import type { BuildView, Candidate } from './model.js';
import { mentioned, namedBySource, undoesException } from './needs.js';
import { foldersWith, isThere, type Survey } from './survey.js';

/** Everything that is asked about one context and the builds that share an ignore file. */
export interface Scene {
  readonly views: readonly BuildView[];
  readonly survey: Survey;
  /** Exceptions of the ignore file that decides today. */
  readonly exceptions: readonly string[];
}

/** Folders of the context beside a manifest in which the junk lies, or all in which it does. */
function placesOf(survey: Survey, junk: KnownJunk): readonly string[] {
  const { name, stacks, signs } = junk;
  const found = foldersWith(survey, name).filter(
    (folder) =>
      (junk.atRoot !== true || folder === '.') &&
      (stacks === undefined ||
        junk.deep === true ||
        survey.projects.some((p) => p.folder === folder && stacks.includes(p.stack))),
  );
  if (signs === undefined) return found;
  return found.filter((folder) => {
    const entries = survey.view.entries(entryPath(folder, name)) ?? [];
    return entries.some((entry) => signs.includes(entry.name));
  });
}

/** Patterns for something known by its name. A name that nothing else bears may lie anywhere (`**` and a slash in front). */
function patternsFor(survey: Survey, junk: KnownJunk): readonly string[] {
  const places = placesOf(survey, junk);
  const hasStack = junk.stacks?.some((stack) => survey.projects.some((p) => p.stack === stack)) === true;
  if (places.length === 0) return junk.deep === true && hasStack ? [`**/${junk.name}`] : [];
  if (junk.signs !== undefined) return places.map((folder) => entryPath(folder, junk.name));
  return places.length === 1 && places[0] === '.' && junk.deep !== true ? [junk.name] : [`**/${junk.name}`];
}

function staysForGit({ views, survey }: Scene, junk: KnownJunk): boolean {
  return views.some((view) => readsRepository(view, survey, junk.name) !== undefined);
}

/** Images that the builds start from: their entry points run what no step names. */
function basesOf({ views }: Scene): readonly string[] {
  return views.flatMap(({ graph }) =>
    graph.stages.flatMap(({ base }) => (base.kind === 'image' ? (base.name ?? []) : [])),
  );
}

function knownCandidates(scene: Scene, texts: readonly string[]): readonly Candidate[] {
  return knownJunk.flatMap((junk): Candidate[] => {
    const patterns = patternsFor(scene.survey, junk).filter(
      (pattern) => !namedBySource(pattern, scene.views),
    );
    if (patterns.length === 0 || mentioned(junk.name, texts)) return [];
    const { usedBy } = junk;
    if (usedBy !== undefined && [...texts, ...basesOf(scene)].some((text) => usedBy.test(text))) return [];
    const history = junk.group === 'Version control';
    if (history && staysForGit(scene, junk)) return [];
    const lines = patterns.map((pattern) => junkLine(pattern, junk));
    const unsafe =
      history && scene.views.some((view) => leavesCommit(view) || mayReadUnseen(view, scene.survey));
    return unsafe ? lines.map((line) => ({ ...line, applicability: 'unsafe' as const })) : lines;
  });
}

/**
 * Lines that may be worth adding to the ignore file of a context: nothing that one of the builds names, nothing that a
 * command is known to read, nothing that an exception lets in. What they hide is not measured yet.
 */
export function candidatesOf(scene: Scene): readonly Candidate[] {
  const texts = scene.views.map(({ spoken }) => spoken);
  const all = [...knownCandidates(scene, texts), ...madeCandidates(scene.views, scene.survey, texts)];
  return all.filter(({ pattern }) => !undoesException(pattern, scene.exceptions));
}

/** Whether the file at the root of the context is copied with everything else and named by no step. */
export function copiesItself(scene: Scene, name: string): boolean {
  const { views, survey } = scene;
  const taken = views.some(({ needs }) =>
    needs.uses.some(({ sources }) => sources.some(({ query }) => query.path === '.' || query.path === '*')),
  );
  return (
    taken &&
    !namedBySource(name, views) &&
    !mentioned(
      name,
      views.map(({ spoken }) => spoken),
    ) &&
    !isThere(survey, name)
  );
}
