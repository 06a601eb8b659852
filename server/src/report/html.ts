import { printable } from './names.js';

/** Text that is HTML already. Everything else that `html` is given is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = string | number | Html | readonly Html[] | undefined | false;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * HTML from a template: what is put in is escaped, for element content and for attributes in quotes, unless it is HTML
 * itself; undefined and false give nothing. Characters that would turn the direction of the text are written out.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, next, i) => text + rendered(values[i - 1]) + next));
}

function rendered(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((one) => one.text).join('');
  return printable(String(value)).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
