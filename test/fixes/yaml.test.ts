import { describe, expect, it } from 'vitest';
import { isMap, isSeq } from 'yaml';
import { addKey, addMapKey, appendToScalar, replaceScalar } from '../../server/src/fixes/yaml.js';
import { parseCompose } from '../../server/src/syntax/compose/parse.js';
import { applyEdits } from '../../server/src/text/edit.js';

/** The text after `shm_size: 1g` was added to service `db`; undefined where no edit is offered. */
function added(text: string, name = 'db'): string | undefined {
  const file = parseCompose(text);
  const service = file.services.find((s) => s.name === name);
  if (service === undefined) throw new Error('no such service');
  const edits = addKey(file, service, 'shm_size', '1g');
  if (edits === undefined) return undefined;
  const after = applyEdits(text, edits);
  const again = parseCompose(after);
  expect(again.problems).toEqual(file.problems);
  expect(again.services.find((s) => s.name === name)?.values.get('shm_size')?.value).toBe('1g');
  for (const other of file.services) {
    const same = again.services.find((s) => s.name === other.name);
    for (const [key, { value }] of other.values) expect(same?.values.get(key)?.value).toEqual(value);
    if (other.name !== name) expect(same?.values.has('shm_size')).toBe(other.values.has('shm_size'));
  }
  return after;
}

describe('addKey', () => {
  it.each([
    [
      'after image, its comment kept',
      'services:\n  db:\n    image: pg # x\n    restart: always\n',
      'services:\n  db:\n    image: pg # x\n    shm_size: 1g\n    restart: always\n',
    ],
    [
      'CRLF',
      'services:\r\n  db:\r\n    image: pg\r\n',
      'services:\r\n  db:\r\n    image: pg\r\n    shm_size: 1g\r\n',
    ],
    [
      'no final newline',
      'services:\n  db:\n    image: pg',
      'services:\n  db:\n    image: pg\n    shm_size: 1g',
    ],
    [
      'CRLF and no final newline',
      'services:\r\n  db:\r\n    image: pg',
      'services:\r\n  db:\r\n    image: pg\r\n    shm_size: 1g',
    ],
    [
      'byte order mark, indentation 4, blank lines at the end',
      '\uFEFFservices:\n    db:\n        image: pg\n\n\n',
      '\uFEFFservices:\n    db:\n        image: pg\n        shm_size: 1g\n\n\n',
    ],
    [
      'after a map',
      'services:\n  db:\n    build:\n      context: .\n      # why\n      args:\n        A: 1\n\n  # web\n  web:\n    image: x\n',
      'services:\n  db:\n    build:\n      context: .\n      # why\n      args:\n        A: 1\n    shm_size: 1g\n\n  # web\n  web:\n    image: x\n',
    ],
    [
      'at the end, ahead of comments between services',
      'services:\n  db:\n    restart: always # r\n    ports:\n      - 1\n  # next\n\n  web:\n    image: x\n',
      'services:\n  db:\n    restart: always # r\n    ports:\n      - 1\n    shm_size: 1g\n  # next\n\n  web:\n    image: x\n',
    ],
    [
      'a folded image',
      'services:\n  db:\n    image: >-\n      pg\n    user: u\n',
      'services:\n  db:\n    image: >-\n      pg\n    shm_size: 1g\n    user: u\n',
    ],
    [
      'a quoted image over an alias',
      'x-i: &i "pg:16"\nservices:\n  db:\n    image: *i # c\n',
      'x-i: &i "pg:16"\nservices:\n  db:\n    image: *i # c\n    shm_size: 1g\n',
    ],
    [
      'a key without value',
      'services:\n  db:\n    image:\n    user: u\n',
      'services:\n  db:\n    image:\n    shm_size: 1g\n    user: u\n',
    ],
    [
      'beside a merge key',
      'x-a: &a\n  image: pg\nservices:\n  db:\n    <<: *a\n  other:\n    <<: *a\n',
      'x-a: &a\n  image: pg\nservices:\n  db:\n    <<: *a\n    shm_size: 1g\n  other:\n    <<: *a\n',
    ],
    ['flow', 'services:\n  db: {image: pg}\n', 'services:\n  db: {image: pg, shm_size: 1g}\n'],
    [
      'flow with blanks',
      'services: { db: { image: pg } } # c\n',
      'services: { db: { image: pg, shm_size: 1g } } # c\n',
    ],
    [
      'flow on lines with a comma at the end',
      'services:\n  db: {\n    image: pg, # c\n  }\n',
      'services:\n  db: {\n    image: pg, shm_size: 1g, # c\n  }\n',
    ],
    ['empty flow', 'services: {db: {}}\n', 'services: {db: {shm_size: 1g}}\n'],
    ['JSON', '{"services":{"db":{"image":"pg"}}}', '{"services":{"db":{"image":"pg", "shm_size": "1g"}}}'],
    [
      'an anchor on the service',
      'services:\n  db: &db\n    image: pg\n',
      'services:\n  db: &db\n    image: pg\n    shm_size: 1g\n',
    ],
  ])('%s', (_, before, after) => {
    expect(added(before)).toBe(after);
  });

  it.each([
    ['an alias', 'x-a: &a {image: pg}\nservices:\n  db: *a\n'],
    ['nothing', 'services:\n  db:\n'],
    ['a scalar', 'services:\n  db: 5\n'],
    ['the key is there', 'services:\n  db:\n    shm_size: 2g\n'],
    ['a block that keeps its blank lines', 'services:\n  db:\n    command: |+\n      x\n\n\n'],
    ['an open brace', 'services:\n  db: {image: pg\n'],
  ])('offers nothing for %s', (_, text) => {
    expect(added(text)).toBeUndefined();
  });
});

/** The first volume of service `web`. */
function volume(text: string) {
  const list = parseCompose(text).services[0]?.values.get('volumes')?.node;
  const item = isSeq(list) ? list.items[0] : undefined;
  if (item === undefined) throw new Error('no volume');
  return item as Parameters<typeof appendToScalar>[1];
}

describe('scalars', () => {
  it.each([
    ['.:/app', '.:/app:cached'],
    ['.:/app # c', '.:/app:cached # c'],
    ['"./a b:/app"', '"./a b:/app:cached"'],
    ["'it''s:/app'", "'it''s:/app:cached'"],
    ['C:\\x:/app', 'C:\\x:/app:cached'],
    ['.:/app:rw', '.:/app:rw:cached'],
  ])('appends to %s', (before, after) => {
    const text = `services:\n  web:\n    volumes:\n      - ${before}\n`;
    expect(applyEdits(text, appendToScalar(text, volume(text), ':cached') ?? [])).toBe(
      text.replace(before, after),
    );
  });

  it('appends in flow lists', () => {
    const text = 'services: {web: {volumes: [.:/app]}}';
    expect(applyEdits(text, appendToScalar(text, volume(text), ':cached') ?? [])).toBe(
      text.replace('/app', '/app:cached'),
    );
  });

  it.each(['|\n          .:/app', '{source: .}', '"open', ''])('leaves %j alone', (item) => {
    const text = `services:\n  web:\n    volumes:\n      - ${item}\n`;
    expect(appendToScalar(text, volume(text), ':cached')).toBeUndefined();
  });

  it('replaces in the same quotes, and quotes what needs it', () => {
    const replaced = (item: string, value: string) => {
      const text = `services:\n  web:\n    volumes:\n      - ${item}\n`;
      return applyEdits(text, replaceScalar(text, volume(text), value) ?? [])
        .split('- ')[1]
        ?.trim();
    };
    expect(replaced('a', 'b:c')).toBe('b:c');
    expect(replaced("'a'", "it's")).toBe("'it''s'");
    expect(replaced('"a"', 'x"y')).toBe('"x\\"y"');
    expect(replaced('a', 'b: c')).toBe('"b: c"');
    expect(replaced('a', '12')).toBe('"12"');
    expect(replaced('a', '#x')).toBe('"#x"');
  });

  it('adds a key to a map in a list', () => {
    const text =
      'services:\n  web:\n    volumes:\n      - type: bind\n        source: .\n        target: /app\n      - data:/data\n';
    const map = volume(text);
    expect(isMap(map) && applyEdits(text, addMapKey(text, map, 'consistency', 'cached') ?? [])).toBe(
      text.replace('target: /app\n', 'target: /app\n        consistency: cached\n'),
    );
    const single = 'services:\n  web:\n    volumes:\n      - type: bind\n';
    const one = volume(single);
    expect(isMap(one) && applyEdits(single, addMapKey(single, one, 'source', '.') ?? [])).toBe(
      `${single.trimEnd()}\n        source: .\n`,
    );
  });
});
