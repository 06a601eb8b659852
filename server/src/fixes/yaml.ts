import { isMap, isScalar, type Node, Scalar, type YAMLMap } from 'yaml';
import type { ComposeFile, ComposeService } from '../syntax/compose/model.js';
import { nodeSpan } from '../syntax/yaml/nodes.js';
import type { TextEdit } from '../text/edit.js';
import { dominantEol, lineIndex } from '../text/lines.js';
import type { Span } from '../text/span.js';

/** Keys after which a new one reads well; else it goes to the end of the service. */
const leadingKeys = ['image', 'build'];

/**
 * The edits that give `service` the key `key`: in its own indentation after `image` or `build`, or inside the braces of
 * a flow map. `valueText` is YAML as it shall stand there. Undefined where the service's map is not written in the file
 * (an alias, nothing at all), where it has the key already, or where the place is too odd to be sure.
 */
export function addKey(
  file: ComposeFile,
  service: ComposeService,
  key: string,
  valueText: string,
): readonly TextEdit[] | undefined {
  return service.node === undefined
    ? undefined
    : addMapKey(file.text, service.node, key, valueText, leadingKeys);
}

/** The same for any map of `text`; `after` names the keys to follow, the first that is there wins. */
export function addMapKey(
  text: string,
  map: YAMLMap,
  key: string,
  valueText: string,
  after: readonly string[] = [],
): readonly TextEdit[] | undefined {
  if (map.items.some((pair) => keyOf(pair.key) === key)) return undefined;
  const edit =
    map.flow === true ? flowEdit(text, map, key, valueText) : blockEdit(text, map, key, valueText, after);
  return edit === undefined ? undefined : [edit];
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : undefined;
}

function insertion(at: number, newText: string): TextEdit {
  return { span: { start: at, end: at }, newText };
}

function blockEdit(
  text: string,
  map: YAMLMap,
  key: string,
  valueText: string,
  after: readonly string[],
): TextEdit | undefined {
  const lines = lineIndex(text);
  const leading = after.flatMap((name) => map.items.filter((pair) => keyOf(pair.key) === name));
  const pair = leading[0] ?? map.items.at(-1);
  const indent = indentOf(text, map);
  if (pair === undefined || indent === undefined || keepsBlankLines(pair.value, text)) return undefined;
  const line = lines.positionAt(pairSpan(pair, text).end).line;
  return insertion(lines.end(line), `${eolAt(text, lines.end(line))}${indent}${key}: ${valueText}`);
}

/** The white space before the keys of a block map; undefined where no key stands first on its line. */
function indentOf(text: string, map: YAMLMap): string | undefined {
  const lines = lineIndex(text);
  for (const { key } of map.items) {
    const { start } = nodeSpan(key, text);
    const { line, character } = lines.positionAt(start);
    const before = text.slice(lines.start(line), start);
    if (/^\uFEFF? *$/.test(before)) return before.replace('\uFEFF', '');
    // The first key of a list item stands behind its dash.
    if (/^ *(?:- +)+$/.test(before)) return ' '.repeat(character);
  }
  return undefined;
}

/** `|+` and `>+` own the blank lines after them: a key put in between would take them away. */
function keepsBlankLines(value: unknown, text: string): boolean {
  if (isMap(value)) return keepsBlankLines(value.items.at(-1)?.value, text);
  if (!isScalar(value) || (value.type !== Scalar.BLOCK_LITERAL && value.type !== Scalar.BLOCK_FOLDED))
    return false;
  return /^[|>]\d?\+/.test(text.slice(value.range?.[0]));
}

/** The line ending at `at`, else the text's usual one. */
function eolAt(text: string, at: number): string {
  if (text.startsWith('\r\n', at)) return '\r\n';
  return text.startsWith('\n', at) ? '\n' : dominantEol(text);
}

function flowEdit(text: string, map: YAMLMap, key: string, valueText: string): TextEdit | undefined {
  const [start = 0, stop = 0] = map.range ?? [];
  if (text.charAt(start) !== '{' || text.charAt(stop - 1) !== '}') return undefined;
  const last = map.items.at(-1);
  const quoted = isScalar(last?.key) && last.key.type === Scalar.QUOTE_DOUBLE;
  const written = quoted ? `${JSON.stringify(key)}: ${quoteIfPlain(valueText)}` : `${key}: ${valueText}`;
  if (last === undefined) return insertion(start + 1, written);
  const { end } = pairSpan(last, text);
  const comma = /^(?:\s|#.*)*,/.exec(text.slice(end, stop));
  return comma === null ? insertion(end, `, ${written}`) : insertion(end + comma[0].length, ` ${written},`);
}

function quoteIfPlain(valueText: string): string {
  return /^[\w.-]+$/.test(valueText) && Number.isNaN(Number(valueText))
    ? JSON.stringify(valueText)
    : valueText;
}

function pairSpan(pair: YAMLMap['items'][number], text: string): Span {
  const key = nodeSpan(pair.key, text);
  const value = pair.value === null ? key : nodeSpan(pair.value, text);
  return { start: key.start, end: Math.max(key.end, value.end) };
}

/**
 * The edit that adds `suffix` to a scalar in its own quotes; undefined for block scalars, other nodes and text YAML would
 * read otherwise. `flow`: it stands inside brackets, where a comma ends it.
 */
export function appendToScalar(
  text: string,
  node: Node,
  suffix: string,
  flow = true,
): readonly TextEdit[] | undefined {
  const quotes = quotesOf(text, node);
  if (quotes === undefined) return undefined;
  const { start, end } = nodeSpan(node, text);
  if (quotes !== '') return [insertion(end - 1, escaped(suffix, quotes))];
  const whole = text.slice(start, end) + suffix;
  return isSafePlain(flow ? whole : whole.replaceAll(',', '.')) ? [insertion(end, suffix)] : undefined;
}

/** The edit that writes `value` for a scalar in its own quotes; a plain scalar gets quotes where it needs them. */
export function replaceScalar(text: string, node: Node, value: string): readonly TextEdit[] | undefined {
  const quotes = quotesOf(text, node);
  if (quotes === undefined) return undefined;
  const needed = quotes === '' && !isSafePlain(value) ? '"' : quotes;
  return [{ span: nodeSpan(node, text), newText: `${needed}${escaped(value, needed)}${needed}` }];
}

/** The quotes a one-line scalar is written in, '' for none; undefined where it is none or its end is missing. */
function quotesOf(text: string, node: Node): '"' | "'" | '' | undefined {
  if (!isScalar(node)) return undefined;
  const { start, end } = nodeSpan(node, text);
  const source = text.slice(start, end);
  if (node.type === Scalar.PLAIN) return source === '' ? undefined : '';
  const quote = node.type === Scalar.QUOTE_DOUBLE ? '"' : node.type === Scalar.QUOTE_SINGLE ? "'" : undefined;
  if (quote === undefined || source.length < 2 || !source.startsWith(quote) || !source.endsWith(quote))
    return undefined;
  return quote;
}

function escaped(value: string, quotes: string): string {
  if (quotes === "'") return value.replaceAll("'", "''");
  return quotes === '"' ? JSON.stringify(value).slice(1, -1) : value;
}

/** Whether YAML reads this text as the same string without quotes, in block and in flow. */
function isSafePlain(value: string): boolean {
  if (/^(?:true|false|null|yes|no|on|off|~|[-+.\d][\d_.:eE+-]*|0[xo][\da-f]+)$/i.test(value)) return false;
  return (
    /^[\w./~$\\][^\s#,[\]{}'"`]*(?: [^\s#,[\]{}'"`:-][^\s#,[\]{}'"`]*)*$/.test(value) &&
    !/:(?:\s|$)/.test(value)
  );
}
