import { parse } from 'smol-toml';

export type Table = Readonly<Record<string, unknown>>;

/** `value` where it is a table, else an empty one. */
export function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** The texts in a list; nothing where it is none. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

/** The tables in `text`; undefined where it is empty or no TOML: its content is unknown then. */
export function parseTables(text: string): Table | undefined {
  if (text.trim() === '') return undefined;
  try {
    return table(parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}
