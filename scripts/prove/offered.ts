import type { Engine } from '../../server/src/engine/model.js';
import { lintFile } from '../../server/src/engine/run.js';
import { outcomeOf, verifiedFixes } from '../../server/src/engine/verify.js';
import type { FixForm } from '../../server/src/fixes/proven.js';
import type { TrackedSnapshot } from '../../server/src/project/snapshot.js';
import type { Applicability } from '../../server/src/rules/rule.js';
import { joinPath, relativePath } from '../../server/src/text/paths.js';

/** The rules whose fixes are built: those about dependencies. */
export const RULES: readonly string[] = [
  'build-needs-dev-deps',
  'build-tools-in-image',
  'cache-mount-ineffective',
  'cache-mount-missing',
  'dev-deps-in-image',
  'double-install',
  'install-without-lockfile',
  'manifest-missing',
  'package-manager-upgrade',
  'source-before-deps',
];

/** A fix as it is offered today. */
export interface Offered {
  readonly rule: string;
  readonly form: FixForm | undefined;
  /** Forms that it makes use of besides. */
  readonly besides: readonly FixForm[];
  /** Without the doubts in brackets at its end, which go once the fix is proven. */
  readonly title: string;
  readonly applicability: Applicability;
  /** File of the project → its whole text after the fix. */
  readonly changes: Readonly<Record<string, string>>;
}

/** All fixes offered for the Dockerfile `name` of the project in `folder`, equal ones once, sorted by rule and result. */
export function offeredFixes(
  engine: Engine,
  snapshot: TrackedSnapshot,
  folder: string,
  name: string,
): readonly Offered[] {
  const options = { only: RULES, profile: 'everything' } as const;
  const report = lintFile(engine, snapshot, joinPath(folder, name), options);
  const found = new Map<string, Offered>();
  for (const finding of report.findings) {
    for (const fix of verifiedFixes(engine, snapshot, report, finding, options)) {
      const outcome = outcomeOf(snapshot, fix.changes());
      if (typeof outcome === 'string') throw new Error(`${finding.rule}, ${fix.title}: ${outcome}`);
      const texts = [...outcome.texts].map(([at, text]): [string, string] => [
        relativePath(folder, at),
        text,
      ]);
      const changes = Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
      const { form, besides = [], applicability } = fix;
      const title = fix.title.replace(/ \([^()]*\)$/, '');
      const key = `${finding.rule}\n${JSON.stringify(changes)}`;
      if (!found.has(key))
        found.set(key, { rule: finding.rule, form, besides, title, applicability, changes });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, offered]) => offered);
}

/** The Dockerfiles of a project among the paths of its files. */
export function dockerfilesOf(names: readonly string[]): readonly string[] {
  return names.filter((name) => /(^|\/)(Dockerfile|[\w-]+\.Dockerfile)$/.test(name));
}
