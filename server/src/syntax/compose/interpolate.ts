import { fromEntries } from '../yaml/nodes.js';

/** The value of a variable; undefined where it is not known (it may still be set in someone's shell). */
export type Lookup = (name: string) => string | undefined;

/** Stands for a part of a text that is not known. */
export const unknownPart = '\uFFFD';

export interface Interpolated {
  /** Undefined where a part of it is not known. */
  readonly value: string | undefined;
  /** The text with `unknownPart` for each part that is not known. */
  readonly partial: string;
  /** A default (`${X:-d}`) was taken for a variable that someone's environment could set. */
  readonly assumed: boolean;
}

/**
 * Fills in variables as Compose does: `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:?e}`, `${X?e}`, `${X:+a}`, `${X+a}`, nested
 * ones, `$$` for a dollar sign. Compose reads an unset variable as empty; here it is unknown.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  if (!text.includes('$')) return { value: text, partial: text, assumed: false };
  let partial = '';
  let assumed = false;
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    partial += text.slice(at, dollar);
    const found = reference(text, dollar, lookup);
    partial += found.text;
    assumed ||= found.assumed;
    at = found.end;
  }
  partial += text.slice(at);
  return { value: partial.includes(unknownPart) ? undefined : partial, partial, assumed };
}

interface Reference {
  readonly text: string;
  readonly assumed: boolean;
  readonly end: number;
}

function reference(text: string, dollar: number, lookup: Lookup): Reference {
  if (text.charAt(dollar + 1) === '$') return { text: '$', assumed: false, end: dollar + 2 };
  const [, brace, name] = /^\$(\{?)([A-Za-z_]\w*)/.exec(text.slice(dollar, dollar + 300)) ?? [];
  if (name === undefined) return { text: '$', assumed: false, end: dollar + 1 };
  if (brace === '') {
    return { text: lookup(name) ?? unknownPart, assumed: false, end: dollar + 1 + name.length };
  }
  const from = dollar + 2 + name.length;
  const close = closingBrace(text, from);
  const [, colon = '', operator, word = ''] = /^(:?)([-?+])([\s\S]*)$/.exec(text.slice(from, close)) ?? [];
  return { ...operated(lookup(name), colon === ':', operator, word, lookup), end: close + 1 };
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text.startsWith('${', i)) depth++;
    else if (text.charAt(i) === '}' && depth-- === 0) return i;
  }
  return text.length;
}

function operated(
  value: string | undefined,
  emptyIsUnset: boolean,
  operator: string | undefined,
  word: string,
  lookup: Lookup,
): Omit<Reference, 'end'> {
  const set = value !== undefined && !(emptyIsUnset && value === '');
  if (operator === '-' && !set) {
    return { text: interpolate(word, lookup).partial, assumed: true };
  }
  if (operator === '+' && value !== undefined) {
    return set ? { text: interpolate(word, lookup).partial, assumed: false } : { text: '', assumed: false };
  }
  return { text: operator === '+' ? unknownPart : (value ?? unknownPart), assumed: false };
}

/** `value` with every string in it filled in; a string that is not wholly known becomes undefined. Keys stay as they are. */
export function interpolateTree(value: unknown, lookup: Lookup): unknown {
  // One node may stand in many places (aliases): each is filled in once, or a few lines of YAML would grow without end.
  const done = new Map<object, unknown>();
  const visit = (v: unknown): unknown => {
    if (typeof v === 'string') return interpolate(v, lookup).value;
    if (typeof v !== 'object' || v === null) return v;
    const known = done.get(v);
    if (known !== undefined) return known;
    const filled = visitAll(v);
    done.set(v, filled);
    return filled;
  };
  /** A list or map in which nothing was filled in stays itself: most hold no variable. */
  const visitAll = (v: object): unknown => {
    if (Array.isArray(v)) {
      const items = v.map(visit);
      return items.some((item, i) => item !== v[i]) ? items : v;
    }
    const entries = Object.entries(v);
    const values = entries.map(([, inner]) => visit(inner));
    if (values.every((value, i) => value === entries[i]?.[1])) return v;
    return fromEntries(entries.map(([key], i) => [key, values[i]]));
  };
  return visit(value);
}
