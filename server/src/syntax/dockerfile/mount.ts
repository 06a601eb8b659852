import { type MappedText, spanToDocument, toDocument } from '../../text/mapped.js';
import type { Span } from '../../text/span.js';
import type { FlagPart } from './flags.js';
import type { Mount, MountOption } from './model.js';

interface Field {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** One CSV record: a field in double quotes may hold commas, `""` is a quote in it. Undefined where a quote is misplaced. */
function csvFields(value: string): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  for (;;) {
    const start = at;
    let text = '';
    if (value[at] === '"') {
      at++;
      for (;;) {
        const close = value.indexOf('"', at);
        if (close < 0) return undefined;
        text += value.slice(at, close);
        at = close + 1;
        if (value[at] !== '"') break;
        text += '"';
        at++;
      }
    } else {
      const comma = value.indexOf(',', at);
      at = comma < 0 ? value.length : comma;
      text = value.slice(start, at);
      if (text.includes('"')) return undefined;
    }
    fields.push({ text, start, end: at });
    if (at >= value.length) return fields;
    if (value[at] !== ',') return undefined;
    at++;
    if (at >= value.length) return [...fields, { text: '', start: at, end: at }];
  }
}

function optionSpan(line: MappedText, part: FlagPart, field: Field): Span {
  const offset = (index: number): number => part.offsets[index] ?? part.offsets.at(-1) ?? 0;
  const start = offset(field.start);
  if (field.end > field.start) {
    return spanToDocument(line, start, Math.min(offset(field.end - 1) + 1, offset(part.offsets.length)));
  }
  // An empty one stands right after what is before it: a continuation may follow.
  const at = toDocument(line, Math.max(0, start - 1)) + 1;
  return { start: at, end: at };
}

/** The mount a `--mount` flag of `line` describes; undefined where its value is no CSV record. */
export function readMount(line: MappedText, part: FlagPart): Mount | undefined {
  const fields = csvFields(part.flag.value ?? '');
  if (fields === undefined) return undefined;
  const options = fields.map((field): MountOption => {
    const equals = field.text.indexOf('=');
    return {
      key: (equals < 0 ? field.text : field.text.slice(0, equals)).toLowerCase(),
      value: equals < 0 ? undefined : field.text.slice(equals + 1),
      span: optionSpan(line, part, field),
    };
  });
  const last = (...keys: string[]): string | undefined =>
    options.findLast((o) => keys.includes(o.key) && o.value !== undefined)?.value;
  return {
    flag: part.flag,
    type: last('type')?.toLowerCase() ?? 'bind',
    source: last('source', 'src'),
    target: last('target', 'dst', 'destination'),
    from: last('from'),
    id: last('id'),
    sharing: last('sharing'),
    options,
  };
}
