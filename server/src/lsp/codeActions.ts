import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Command,
  type Diagnostic,
  LSPErrorCodes,
  type Range,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, OfferedFix } from '../engine/model.js';
import { severityRank } from '../engine/rulefilter.js';
import type { Change } from '../rules/rule.js';
import { type Span, span, touches } from '../text/span.js';
import type { Outcome } from './analysis.js';
import type { Client } from './capabilities.js';
import type { Documents } from './documents.js';
import { type EditTarget, workspaceEdit } from './edits.js';
import type { Core } from './host.js';
import type { Outcomes } from './subjects.js';
import { fixTitle } from './titles.js';

export const fixAllKind = 'source.fixAll.plimsoll';
/** Offered as a command to clients that know no code action objects. */
export const applyCommand = 'plimsoll.server.applyAction';

/** What a code action whose edit comes later carries: enough to work it out again, for one version only. */
export interface ActionData {
  readonly uri: string;
  readonly version: number | null;
  readonly resultId: string;
  readonly action: 'fix' | 'ignore' | 'fixAll' | 'refactor';
  /** Index among the document's findings, and among its verified fixes; of a refactoring the offset it was asked for, and its index. */
  readonly finding: number;
  readonly fix: number;
}

export interface ActionDeps {
  readonly client: Client;
  readonly core: Core;
  readonly documents: Documents;
  readonly outcomes: Outcomes;
  readonly uriOf: (path: string) => string;
  readonly fixesOf: (outcome: Outcome, finding: Finding) => readonly OfferedFix[];
  readonly refactorsOf: (outcome: Outcome, at: Span) => readonly OfferedFix[];
  readonly fixAll: (outcome: Outcome) => { readonly changes: readonly Change[]; readonly applied: number };
}

export interface Actions {
  list(params: CodeActionParams, signal: AbortSignal): Promise<(CodeAction | Command)[]>;
  /** The edit of an action listed before. Throws a ResponseError where the document is not the same any more. */
  edit(data: ActionData, signal: AbortSignal): Promise<WorkspaceEdit>;
}

/** Whether the client wants actions of `kind`: no wish is a wish for all, `source.fixAll` stands for all below it. */
function wanted(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((o) => o === '' || kind === o || kind.startsWith(`${o}.`));
}

function stale(what: string): ResponseError<void> {
  return new ResponseError(
    LSPErrorCodes.ContentModified,
    `stale code action: ${what}; ask for actions again`,
  );
}

/** The code actions of the session. */
export function createActions(deps: ActionDeps): Actions {
  return {
    async list({ textDocument, range, context }, signal) {
      // Working out all fixes of a file is for those who ask for it, not for each move of the cursor.
      const asked = context.only !== undefined || context.triggerKind === CodeActionTriggerKind.Invoked;
      const actions = await deps.outcomes.worked(textDocument.uri, signal, (outcome) => {
        const built: Built[] = [];
        if (wanted(context.only, CodeActionKind.QuickFix)) {
          built.push(...quickFixes(deps, outcome, range, context.diagnostics));
        }
        if (asked && wanted(context.only, CodeActionKind.RefactorRewrite))
          built.push(...refactorings(deps, outcome, range));
        if (asked && wanted(context.only, fixAllKind)) built.push(...fixAllAction(deps, outcome));
        return built.flatMap((one) => written(deps, outcome, one));
      });
      return actions ?? [];
    },
    async edit(data, signal) {
      const open = deps.documents.get(data.uri);
      if ((open?.version ?? null) !== data.version) throw stale('the document has changed since');
      const edit = await deps.outcomes.worked(data.uri, signal, (outcome) => editOf(deps, outcome, data));
      if (edit === undefined) throw stale('the document is gone');
      if (typeof edit === 'string') throw stale(edit);
      return edit;
    },
  };
}

/** What an action changes, and whether a person should look at it first; a text says why it cannot be done any more. */
function changesOf(
  deps: ActionDeps,
  outcome: Outcome,
  data: ActionData,
): { readonly changes: readonly Change[]; readonly confirm?: string } | string {
  if (data.action === 'fixAll') return { changes: deps.fixAll(outcome).changes };
  if (data.action === 'refactor') {
    const found = deps.refactorsOf(outcome, span(data.finding, data.finding))[data.fix];
    if (found === undefined) return 'it can no longer be done';
    return { changes: found.changes(), confirm: found.title };
  }
  const finding = outcome.report.findings[data.finding];
  if (finding === undefined) return 'the finding is gone';
  if (data.action === 'ignore') return { changes: ignoreChanges(deps, outcome, finding) };
  const fix = deps.fixesOf(outcome, finding)[data.fix];
  if (fix === undefined) return 'the fix no longer holds';
  return { changes: fix.changes(), ...confirmation(fix) };
}

/** What is not safe has to be confirmed where it changes a file that is not in front. */
function confirmation(fix: OfferedFix): { readonly confirm?: string } {
  return fix.applicability === 'safe' ? {} : { confirm: fixTitle(fix) };
}

function editOf(deps: ActionDeps, outcome: Outcome, data: ActionData): WorkspaceEdit | string {
  // All fixes are worked out anew for this version: it does not matter what was found when they were listed.
  const same = data.action === 'fixAll' || outcome.resultId === data.resultId;
  if (outcome.subject.version !== data.version || !same) return 'what was found has changed since';
  const found = changesOf(deps, outcome, data);
  if (typeof found === 'string') return found;
  const edit = workspaceEdit(
    found.changes,
    targetOf(deps, outcome),
    found.confirm,
    data.action === 'refactor',
  );
  return edit ?? 'a file it edits is gone';
}

/** An action before it is written in the client's dialect. */
interface Built {
  readonly title: string;
  readonly kind: string;
  readonly diagnostics: Diagnostic[];
  readonly preferred: boolean;
  readonly data: ActionData;
  readonly changes: readonly Change[];
  /** As in `changesOf`. */
  readonly confirm?: string;
}

function targetOf(deps: ActionDeps, outcome: Outcome): EditTarget {
  const { client, documents, uriOf } = deps;
  const { subject, path, snapshot, report } = outcome;
  return { client, documents, uriOf, snapshot, own: { subject, path, lines: report.lines } };
}

function dataOf(outcome: Outcome, action: ActionData['action'], finding = -1, fix = -1): ActionData {
  const { uri, version } = outcome.subject;
  return { uri, version, resultId: outcome.resultId, action, finding, fix };
}

function ignoreChanges(deps: ActionDeps, outcome: Outcome, finding: Finding): readonly Change[] {
  const edit = deps.core.ignoreHere(outcome.snapshot, outcome.report, finding);
  return edit === undefined ? [] : [{ kind: 'edit', path: outcome.path, edits: [edit] }];
}

/** The document's diagnostic as the client echoed it, so that it recognises it; else our own. */
function echoed(own: Diagnostic | undefined, given: readonly Diagnostic[]): Diagnostic[] {
  if (own === undefined) return [];
  const same = given.find(
    (d) =>
      String(d.code) === own.code &&
      d.range.start.line === own.range.start.line &&
      d.range.start.character === own.range.start.character,
  );
  return [same ?? own];
}

function quickFixes(
  deps: ActionDeps,
  outcome: Outcome,
  range: Range,
  given: readonly Diagnostic[],
): readonly Built[] {
  const at = outcome.report.lines.spanOf(range);
  const told = ({ related }: Finding): boolean =>
    related.some((r) => r.same === true && r.path === outcome.path && touches(r.at, at));
  // Of several findings in one place the gravest has the first word.
  const inRange = outcome.report.findings
    .flatMap((finding, index) => {
      const here = touches(finding.at, at);
      return here || told(finding) ? [{ finding, index, here }] : [];
    })
    .sort((a, b) => severityRank(b.finding.severity) - severityRank(a.finding.severity));
  const fixes: Built[] = [];
  const ignores: Built[] = [];
  let preferred = false;
  for (const { finding, index, here } of inRange) {
    const diagnostics = echoed(outcome.diagnostics[index], given);
    const common = { kind: CodeActionKind.QuickFix, diagnostics };
    deps.fixesOf(outcome, finding).forEach((fix, i) => {
      const best = !preferred && fix.applicability === 'safe';
      preferred ||= best;
      const data = dataOf(outcome, 'fix', index, i);
      const own = { title: fixTitle(fix), preferred: best, data, changes: fix.changes() };
      fixes.push({ ...common, ...own, ...confirmation(fix) });
    });
    const changes = here ? ignoreChanges(deps, outcome, finding) : [];
    if (changes.length === 0) continue;
    const data = dataOf(outcome, 'ignore', index);
    ignores.push({ ...common, title: `Ignore ${finding.rule} here`, preferred: false, data, changes });
  }
  return [...fixes, ...ignores];
}

/** They change more than a line and are to be looked at first. */
function refactorings(deps: ActionDeps, outcome: Outcome, range: Range): readonly Built[] {
  const at = outcome.report.lines.spanOf(range);
  return deps.refactorsOf(outcome, at).map((found, i) => ({
    title: found.title,
    kind: CodeActionKind.RefactorRewrite,
    diagnostics: [],
    preferred: false,
    data: dataOf(outcome, 'refactor', at.start, i),
    changes: found.changes(),
    confirm: found.title,
  }));
}

function fixAllAction(deps: ActionDeps, outcome: Outcome): readonly Built[] {
  const claims = outcome.report.findings.some((f) => f.fixes.some((fix) => fix.applicability === 'safe'));
  if (!claims) return [];
  const changes = deps.fixAll(outcome).changes;
  if (changes.length === 0) return [];
  const data = dataOf(outcome, 'fixAll');
  const title = 'Apply all safe Plimsoll fixes in this file';
  return [{ title, kind: fixAllKind, diagnostics: [], preferred: false, data, changes }];
}

/** The action in the client's dialect; none where the client cannot do what it needs. */
function written(deps: ActionDeps, outcome: Outcome, built: Built): (CodeAction | Command)[] {
  const { client } = deps;
  const { title, kind, diagnostics, data, changes } = built;
  const edit = workspaceEdit(changes, targetOf(deps, outcome), built.confirm, data.action === 'refactor');
  if (edit === undefined) return [];
  if (!client.actionLiterals) return [{ title, command: applyCommand, arguments: [data] }];
  const oneFile = changes.every((c) => c.kind === 'edit' && c.path === outcome.path);
  const later = client.resolve && !(oneFile && kind === CodeActionKind.QuickFix);
  return [
    {
      title,
      kind,
      ...(diagnostics.length > 0 ? { diagnostics } : {}),
      ...(client.preferred && built.preferred ? { isPreferred: true } : {}),
      ...(later ? { data } : { edit }),
    },
  ];
}
