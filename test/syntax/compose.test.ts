import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate, interpolateTree } from '../../server/src/syntax/compose/interpolate.js';
import { parseCompose } from '../../server/src/syntax/compose/parse.js';

function service(text: string, name: string) {
  const found = parseCompose(text).services.find((s) => s.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

function values(text: string, name: string): Record<string, unknown> {
  return Object.fromEntries([...service(text, name).values].map(([key, v]) => [key, v.value]));
}

const sample = `# shop
name: shop
x-base: &base
  restart: always
  environment: {A: "1"}
services:
  web:
    <<: *base
    build: . # here
    restart: "no"
  db:
    image: 'postgres:16'   # orders

volumes:
  data:
`;

describe('parseCompose', () => {
  it('reads services with merge keys, own keys first', () => {
    expect(values(sample, 'web')).toEqual({ build: '.', restart: 'no', environment: { A: '1' } });
    expect(service(sample, 'web').values.get('environment')?.shared).toBe(true);
    expect(service(sample, 'web').values.get('build')?.shared).toBe(false);
    expect(parseCompose(sample).name).toBe('shop');
  });

  it('keeps every place', () => {
    const db = service(sample, 'db');
    const slice = ({ start, end }: { start: number; end: number }) => sample.slice(start, end);
    expect(slice(db.nameSpan)).toBe('db');
    expect(slice(db.span)).toBe("db:\n    image: 'postgres:16'");
    const image = db.values.get('image');
    expect(image && slice(image.span)).toBe("'postgres:16'");
    expect(image?.keySpan && slice(image.keySpan)).toBe('image');
    expect(parseCompose(sample).comments.map((c) => slice(c.span))).toEqual(['# shop', '# here', '# orders']);
  });

  it('takes the earlier of several merged maps', () => {
    const text = 'x-a: &a {image: a}\nx-b: &b {image: b, user: u}\nservices:\n  s:\n    <<: [*a, *b]\n';
    expect(values(text, 's')).toEqual({ image: 'a', user: 'u' });
  });

  it('reads old files without services', () => {
    expect(parseCompose('web:\n  build: .\ndb:\n  image: postgres\n').services.map((s) => s.name)).toEqual([
      'web',
      'db',
    ]);
    expect(parseCompose('volumes:\n  image: {}\n').services).toEqual([]);
  });

  it('reads every document, byte order mark and CRLF', () => {
    const text = '\uFEFFservices:\r\n  a:\r\n    image: x\r\n---\r\nservices:\r\n  b:\r\n    image: y\r\n';
    const file = parseCompose(text);
    expect(file.services.map((s) => text.slice(s.nameSpan.start, s.nameSpan.end))).toEqual(['a', 'b']);
    expect(file.problems).toEqual([]);
  });

  it.each([
    ['services:\n\tweb:\n\t\timage: x\n', /tab/i],
    ['services:\n  a:\n    image: x\n    image: y\n', /twice/],
    ['services:\n  a: *nowhere\n', /no anchor "nowhere"/],
    ['services:\n  a: [1, 2\n', /./],
  ])('tells what it could not read: %j', (text, message) => {
    expect(
      parseCompose(text)
        .problems.map((p) => p.message)
        .join('\n'),
    ).toMatch(message);
  });

  it('survives anchors that grow, that hold themselves, and deep nesting', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghijklmnopqrstuvwxy'.split('').map((c, i) => {
        const before = String.fromCharCode(97 + i);
        return `${c}: &${c} [${Array(9).fill(`*${before}`).join(', ')}]`;
      }),
      'services:',
      '  s: {image: i, command: *y}',
    ].join('\n');
    expect(interpolateTree(service(bomb, 's').values.get('command')?.value, () => undefined)).toHaveLength(9);
    expect(parseCompose('services: &s\n  a: {build: *s}\n').problems).toHaveLength(1);
    expect(parseCompose('['.repeat(50_000)).problems.length).toBeGreaterThan(0);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.nat(sample.length),
        fc.nat(sample.length),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (a, b, cut) => {
          const file = parseCompose(sample.slice(0, a) + cut + sample.slice(b));
          expect(file.services.every((s) => s.span.start <= s.span.end)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('interpolate', () => {
  const known = new Map([
    ['A', 'one'],
    ['EMPTY', ''],
  ]);
  it.each([
    ['$A-${A}', 'one-one', false],
    ['$$A', '$A', false],
    ['${B:-two}', 'two', true],
    ['${B-}', '', true],
    ['${EMPTY-x}', '', false],
    ['${EMPTY:-x}', 'x', true],
    ['${A:+set}', 'set', false],
    ['${EMPTY:+set}', '', false],
    ['${A:?missing}', 'one', false],
    ['${B:-${C:-deep}}!', 'deep!', true],
    ['$B', undefined, false],
    ['${B:?e}', undefined, false],
    ['100$', '100$', false],
  ])('%s', (text, value, assumed) => {
    expect(interpolate(text, (n) => known.get(n))).toMatchObject({ value, assumed });
  });
  it('marks the part that is not known', () => {
    expect(interpolate('postgres:${V}-alpine', () => undefined).partial).toBe('postgres:\uFFFD-alpine');
  });
});
