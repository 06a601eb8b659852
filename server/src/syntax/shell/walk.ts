import type { Node } from 'web-tree-sitter';
import type { ShellAssignment, ShellCommand, ShellRedirect, ShellWord } from './model.js';
import { plainWord } from './words.js';

type Join = ShellCommand['joined'];
type Inside = ShellCommand['inside'];
type Place = Inside[number];

/** A command under construction; spans are offsets in the shell text. */
interface Draft {
  words: ShellWord[];
  assignments: ShellAssignment[];
  redirects: ShellRedirect[];
  joined: Join;
  inside: Inside;
  start: number;
  end: number;
}

const PLACES: Readonly<Record<string, Place>> = {
  if_statement: 'if',
  for_statement: 'loop',
  c_style_for_statement: 'loop',
  while_statement: 'loop',
  case_statement: 'case',
  function_definition: 'function',
  subshell: 'subshell',
  compound_statement: 'group',
  command_substitution: 'substitution',
  process_substitution: 'substitution',
  negated_command: 'negation',
};

/** Nodes that are a list of statements: the first one in them starts afresh. */
const LISTS = new Set([
  'program',
  'do_group',
  'elif_clause',
  'else_clause',
  'case_item',
  'ERROR',
  ...Object.keys(PLACES),
]);

const COMMANDS = new Set([
  'command',
  'declaration_command',
  'unset_command',
  'test_command',
  'variable_assignment',
  'variable_assignments',
]);

const JOINS: Readonly<Record<string, Join>> = { '&&': '&&', '||': '||', '|': '|', '|&': '|', '&': '&' };
const RESTART = new Set(['then', 'do', 'else', 'in', ')', '{', '(']);

/** Collects the commands of a syntax tree in the order they stand. Reads the tree, keeps nothing of it. */
class Walker {
  readonly drafts: Draft[] = [];
  constructor(private readonly source: string) {}

  statement(node: Node, joined: Join, inside: Inside): void {
    const { type } = node;
    if (COMMANDS.has(type)) this.command(node, joined, inside);
    else if (type === 'list' || type === 'pipeline') this.chain(node, joined, inside);
    else if (type === 'redirected_statement') this.redirected(node, joined, inside);
    else if (LISTS.has(type)) {
      const place = PLACES[type];
      const first = type === 'negated_command' ? joined : 'start';
      this.list(node, first, place === undefined ? inside : [place, ...inside]);
    } else this.search(node, inside);
  }

  private list(node: Node, first: Join, inside: Inside): void {
    let joined = first;
    for (const child of node.children) {
      if (child.isNamed) {
        if (child.type === 'comment') continue;
        const before = this.drafts.length;
        this.statement(child, joined, inside);
        if (this.drafts.length > before || isStatement(child)) joined = ';';
      } else if (child.type === '&') joined = '&';
      else if (RESTART.has(child.type)) joined = 'start';
    }
  }

  private chain(node: Node, first: Join, inside: Inside): void {
    let joined = first;
    for (const child of node.children) {
      if (child.isNamed) this.statement(child, joined, inside);
      else joined = JOINS[child.type] ?? joined;
    }
  }

  /** The grammar hangs a redirection on the whole chain before it; the shell gives it to the last command of a chain. */
  private redirected(node: Node, joined: Join, inside: Inside): void {
    const body = node.childForFieldName('body');
    const before = this.drafts.length;
    if (body !== null) this.statement(body, joined, inside);
    const owners = this.owners(body, before, joined, inside, node);
    let end = node.startIndex;
    for (const child of node.children) {
      this.lostWords(end, child.startIndex, owners.at(-1));
      end = child.endIndex;
      if (!child.isNamed || (body !== null && child.id === body.id)) continue;
      this.redirect(child, owners, inside);
    }
  }

  /** `python3 - <<EOF`: the grammar drops the `-` without a word. What lies between two nodes belongs to the command. */
  private lostWords(start: number, end: number, owner: Draft | undefined): void {
    for (const match of this.source.slice(start, end).matchAll(/[^\s\\]+/g)) {
      owner?.words.push(this.word(start + match.index, start + match.index + match[0].length));
    }
  }

  private owners(body: Node | null, before: number, joined: Join, inside: Inside, node: Node): Draft[] {
    const added = this.drafts
      .slice(before)
      .filter((d) => d.inside[0] !== 'substitution' || inside[0] === 'substitution');
    if (body !== null && added.length > 0) {
      const grouped = body.type in PLACES && body.type !== 'negated_command';
      return grouped ? added : added.slice(-1);
    }
    const draft = this.draft(node.startIndex, node.startIndex, joined, inside);
    this.drafts.push(draft);
    return [draft];
  }

  private draft(start: number, end: number, joined: Join, inside: Inside): Draft {
    return { words: [], assignments: [], redirects: [], joined, inside, start, end };
  }

  private command(node: Node, joined: Join, inside: Inside): void {
    const draft = this.draft(node.startIndex, node.endIndex, joined, inside);
    this.drafts.push(draft);
    if (node.type === 'variable_assignment') this.assignment(node, draft, inside);
    else if (node.type === 'test_command') this.testWords(node, draft, inside);
    else this.commandParts(node, draft, inside);
  }

  private commandParts(node: Node, draft: Draft, inside: Inside): void {
    const prefix = node.type === 'command' || node.type === 'variable_assignments';
    for (const child of node.children) {
      if (child.type === 'variable_assignment' && prefix) this.assignment(child, draft, inside);
      else if (child.type.endsWith('_redirect')) this.redirect(child, [draft], inside);
      else this.addWord(child, draft, inside);
    }
  }

  private addWord(node: Node, draft: Draft, inside: Inside): void {
    if (node.isMissing || node.endIndex === node.startIndex) return;
    const last = draft.words.at(-1);
    // What the grammar takes apart though nothing stands between is one word to the shell.
    const joins = last !== undefined && last.span.end === node.startIndex;
    if (joins) draft.words.pop();
    draft.words.push(this.word(joins ? last.span.start : node.startIndex, node.endIndex));
    draft.end = Math.max(draft.end, node.endIndex);
    if (isStatement(node) && node.type !== 'variable_assignment') this.statement(node, 'start', inside);
    else if (node.childCount > 0) this.search(node, inside);
  }

  /** The words between the brackets of a test, operators included. */
  private testWords(node: Node, draft: Draft, inside: Inside): void {
    for (const child of node.children) {
      if (/_expression$/.test(child.type)) this.testWords(child, draft, inside);
      else this.addWord(child, draft, inside);
    }
  }

  private assignment(node: Node, draft: Draft, inside: Inside): void {
    const name = node.childForFieldName('name');
    const value = node.childForFieldName('value');
    draft.assignments.push({
      name: name?.text ?? '',
      value: value === null ? undefined : this.word(value.startIndex, value.endIndex),
      span: { start: node.startIndex, end: node.endIndex },
    });
    this.search(node, inside);
  }

  private redirect(node: Node, owners: readonly Draft[], inside: Inside): void {
    const [first, ...extra] = node.childrenForFieldName('destination');
    const heredoc = node.type === 'heredoc_redirect';
    const target =
      first ?? (heredoc ? find(node, 'heredoc_start') : (node.namedChildren.at(-1) ?? undefined));
    const operator = node.children.find((c) => !c.isNamed)?.type ?? '';
    const end = heredoc ? (target?.endIndex ?? node.endIndex) : (first ?? node).endIndex;
    const redirect: ShellRedirect = {
      operator,
      target: target === undefined ? undefined : this.word(target.startIndex, target.endIndex),
      span: { start: node.startIndex, end },
    };
    for (const owner of owners) owner.redirects.push(redirect);
    const last = owners.at(-1);
    if (last !== undefined && owners.length === 1) last.end = Math.max(last.end, end);
    // `cmd 2>/dev/null arg`: the grammar takes what follows the target for a second target.
    if (last !== undefined) for (const word of extra) this.addWord(word, last, inside);
    if (heredoc) this.heredocRest(node, last, inside);
    else this.search(node, inside);
  }

  /** What stands on the line behind `<<EOF`: arguments, further redirections, the rest of the chain; then the body. */
  private heredocRest(node: Node, owner: Draft | undefined, inside: Inside): void {
    let joined: Join = ';';
    for (const child of node.children) {
      if (!child.isNamed) joined = JOINS[child.type] ?? joined;
      else if (child.type === 'heredoc_body') this.search(child, inside);
      else if (child.type.endsWith('_redirect')) {
        if (owner !== undefined) this.redirect(child, [owner], inside);
      } else if (isStatement(child)) this.statement(child, joined, inside);
      else if (!/^heredoc_|^file_descriptor$|^ERROR$/.test(child.type) && owner !== undefined) {
        this.addWord(child, owner, inside);
      }
    }
  }

  private word(start: number, end: number): ShellWord {
    return { ...plainWord(this.source.slice(start, end)), span: { start, end } };
  }

  /** Looks for substitutions (and whatever else holds commands) inside a node that is no statement. */
  private search(node: Node, inside: Inside): void {
    for (const child of node.children) {
      if (child.childCount === 0) continue;
      if (isStatement(child) && child.type !== 'variable_assignment') this.statement(child, 'start', inside);
      else this.search(child, inside);
    }
  }
}

function isStatement(node: Node): boolean {
  const { type } = node;
  return (
    COMMANDS.has(type) ||
    LISTS.has(type) ||
    type === 'list' ||
    type === 'pipeline' ||
    type === 'redirected_statement'
  );
}

function find(node: Node, type: string): Node | undefined {
  return node.namedChildren.find((child) => child.type === type) ?? undefined;
}

/** The commands below `root`, in the order they stand in `source`; spans are offsets in `source`. */
export function commandsOf(root: Node, source: string): ShellCommand[] {
  const walker = new Walker(source);
  walker.statement(root, 'start', []);
  return walker.drafts.map(({ start, end, ...rest }) => ({ ...rest, span: { start, end } }));
}
