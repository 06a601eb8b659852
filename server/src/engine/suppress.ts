import type { RegisteredRule } from '../rules/rule.js';
import { didYouMean, nearestName } from '../text/nearest.js';
import type { Span } from '../text/span.js';
import type { CommentedFile, PlacedComment } from './comments.js';
import { findingLines, removalSpan } from './comments.js';
import type { Finding } from './model.js';
import { engineFinding, unknownSuppression, unusedSuppression } from './own.js';
import { type PeerSuppression, peerSuppression } from './peers.js';

interface NamedId {
  readonly id: string;
  readonly span: Span;
}

/** One `# plimsoll: ignore[…]` or `ignore-file[…]` comment. */
export interface Suppression {
  readonly comment: PlacedComment;
  readonly wholeFile: boolean;
  /** Undefined for a comment without brackets, which is not accepted. */
  readonly ids: readonly NamedId[] | undefined;
}

const directive = /^\s*plimsoll:\s*ignore(-file)?(?![\w-])\s*(?:\[([^\]]*)\])?/i;

/** What a comment says to Plimsoll; undefined where it says nothing to it. */
export function readSuppression(comment: PlacedComment): Suppression | undefined {
  const match = directive.exec(comment.text);
  if (match === null) return undefined;
  const wholeFile = match[1] !== undefined;
  const list = match[2];
  if (list === undefined) return { comment, wholeFile, ids: undefined };
  const textStart = comment.span.end - comment.text.length;
  const listStart = textStart + match[0].length - 1 - list.length;
  const ids = [...list.matchAll(/[^\s,]+/g)].map(
    (m): NamedId => ({
      id: m[0],
      span: { start: listStart + m.index, end: listStart + m.index + m[0].length },
    }),
  );
  return { comment, wholeFile, ids };
}

function covers(comment: PlacedComment, wholeFile: boolean, file: CommentedFile, at: Span): boolean {
  if (wholeFile) return true;
  const lines = findingLines(file.lines, at);
  if (lines.first <= comment.line && comment.line <= lines.last && lines.first !== lines.last) return true;
  const about = comment.about;
  return about !== undefined && about.first <= lines.first && lines.first <= about.last;
}

/** What is known of the rules while one file's comments are weighed. */
export interface SuppressionRules {
  /** Every id there is, the engine's own included. */
  readonly known: ReadonlySet<string>;
  /** Rules that ran to their end on this file: only of these a suppression can be called unused. */
  readonly ran: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, RegisteredRule>;
}

export interface Suppressed {
  readonly kept: readonly Finding[];
  readonly suppressed: number;
  /** Hints about the comments themselves. */
  readonly hints: readonly Finding[];
}

function silencedByPeer(
  finding: Finding,
  file: CommentedFile,
  peers: readonly PeerSuppression[],
  rules: SuppressionRules,
): boolean {
  const twins = rules.byId.get(finding.rule)?.meta.peers ?? [];
  return (
    twins.length > 0 &&
    peers.some((p) => covers(p.comment, p.wholeFile, file, finding.at) && p.silences(twins))
  );
}

/** The edit that takes one id out of a suppression, or the whole comment where it is the only one. */
function removal(file: CommentedFile, suppression: Suppression, index: number): Span {
  const ids = suppression.ids ?? [];
  const [own, next, before] = [ids[index], ids[index + 1], ids[index - 1]];
  if (ids.length <= 1 || own === undefined) return removalSpan(file, suppression.comment);
  if (next !== undefined) return { start: own.span.start, end: next.span.start };
  return { start: before?.span.end ?? own.span.start, end: own.span.end };
}

function removeFix(
  path: string,
  file: CommentedFile,
  suppression: Suppression,
  index: number,
): Finding['fixes'] {
  const whole = (suppression.ids?.length ?? 0) <= 1;
  return [
    {
      title: whole
        ? 'Remove the suppression comment'
        : `Remove ${suppression.ids?.[index]?.id} from the list`,
      applicability: 'safe',
      changes: () => [
        { kind: 'edit', path, edits: [{ span: removal(file, suppression, index), newText: '' }] },
      ],
    },
  ];
}

/** Writes the rule that was meant; offered where that then silences something. */
function renameFix(path: string, named: NamedId, meant: string): Finding['fixes'] {
  return [
    {
      title: `Write \`${meant}\` in its place, which ignores what is found here`,
      applicability: 'unsafe',
      changes: () => [{ kind: 'edit', path, edits: [{ span: named.span, newText: meant }] }],
    },
  ];
}

function hintsOf(
  path: string,
  file: CommentedFile,
  suppression: Suppression,
  used: ReadonlySet<NamedId>,
  rules: SuppressionRules,
  findings: readonly Finding[],
): Finding[] {
  if (suppression.ids === undefined || suppression.ids.length === 0) {
    return [
      engineFinding(unknownSuppression, {
        at: suppression.comment.span,
        message: 'This comment ignores nothing: the rules to ignore are missing, as in `ignore[rule-id]`.',
      }),
    ];
  }
  return suppression.ids.flatMap((named, index) => {
    const fixes = removeFix(path, file, suppression, index);
    if (!rules.known.has(named.id)) {
      const meant = nearestName(named.id, rules.known);
      const message = `There is no rule \`${named.id}\` to ignore.${didYouMean(named.id, rules.known)}`;
      const silences = findings.some(
        ({ rule, at }) => rule === meant && covers(suppression.comment, suppression.wholeFile, file, at),
      );
      // What the comment says of its reason is not thrown away for a slip of the pen.
      const own = meant !== undefined && silences ? renameFix(path, named, meant) : fixes;
      return [engineFinding(unknownSuppression, { at: named.span, message, fixes: own })];
    }
    if (used.has(named) || !rules.ran.has(named.id)) return [];
    const where = suppression.wholeFile ? 'in this file' : 'here';
    const message = `\`${named.id}\` has nothing to ignore ${where}.`;
    return [engineFinding(unusedSuppression, { at: named.span, message, fixes })];
  });
}

/** Takes out the findings that comments silence, and says which comments silence nothing. */
export function suppress(
  path: string,
  file: CommentedFile,
  findings: readonly Finding[],
  rules: SuppressionRules,
): Suppressed {
  const own = file.comments.map(readSuppression).filter((s) => s !== undefined);
  const peers = file.comments.map(peerSuppression).filter((p) => p !== undefined);
  const used = new Set<NamedId>();
  const isSilenced = (finding: Finding): boolean => {
    let silenced = false;
    for (const suppression of own) {
      for (const named of suppression.ids ?? []) {
        if (named.id !== finding.rule) continue;
        if (!covers(suppression.comment, suppression.wholeFile, file, finding.at)) continue;
        used.add(named);
        silenced = true;
      }
    }
    return silenced || silencedByPeer(finding, file, peers, rules);
  };
  const kept = findings.filter((f) => !isSilenced(f));
  const hints = own.flatMap((s) => hintsOf(path, file, s, used, rules, kept)).filter((h) => !isSilenced(h));
  return { kept, suppressed: findings.length - kept.length, hints };
}
