import { type Likeness, selectionLikeness } from './contents.js';
import { type Layered, stageLikeness } from './layers.js';
import type { Cached } from './model.js';
import type { ReadState } from './state.js';
import type { Input, Vertex } from './vertices.js';

/** One build as it was looked up. */
export interface Run extends ReadState, Layered {
  readonly cached: Cached[];
  /** Names of what each step may have brought, and of the files after it. */
  readonly results: (readonly string[])[];
  readonly after: (readonly string[])[];
}

/** How what a step takes from an image or an address compares. */
function outsideLikeness(
  before: Run,
  a: Input & { readonly kind: 'outside' },
  after: Run,
  b: Input & { readonly kind: 'outside' },
): Likeness {
  const of = (run: Run, name: string): string => {
    const key = name.replace(/^image /, '');
    return run.state.outside?.[key] ?? key;
  };
  if (of(before, a.name) === of(after, b.name) && a.path === b.path) return 'same';
  // Another image may hold the same file; what an address gives is known to the byte.
  return a.name.startsWith('image ') || b.name.startsWith('image ') ? 'open' : 'different';
}

/** How two inputs compare, of two steps that do the same. */
export function inputLikeness(before: Run, a: Input, after: Run, b: Input, fresh: boolean): Likeness {
  if (a.kind === 'context' && b.kind === 'context')
    return selectionLikeness(before.keyed[a.source] ?? [], after.keyed[b.source] ?? [], fresh);
  if (a.kind === 'stage' && b.kind === 'stage') {
    if (a.path !== b.path) return 'open';
    return stageLikeness(
      { build: before, below: a.below },
      { build: after, below: b.below },
      b,
      (x, y) => inputsLikeness(before, x, after, y, fresh) === 'same',
    );
  }
  if (a.kind === 'outside' && b.kind === 'outside') return outsideLikeness(before, a, after, b);
  return 'open';
}

/** How all that two steps take compares. */
export function inputsLikeness(before: Run, a: Vertex, after: Run, b: Vertex, fresh: boolean): Likeness {
  if (a.inputs.length !== b.inputs.length) return 'different';
  let result: Likeness = 'same';
  for (const [i, input] of b.inputs.entries()) {
    const other = a.inputs[i];
    const likeness = other === undefined ? 'different' : inputLikeness(before, other, after, input, fresh);
    if (likeness === 'different') return 'different';
    if (likeness === 'open') result = 'open';
  }
  return result;
}
