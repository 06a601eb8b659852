/** What the name of a vertex says: which step of which stage, or that it is none. */
export type VertexAddress = StepAddress | OtherAddress;

export interface StepAddress {
  readonly kind: 'step';
  /** The target of bake or compose; null where there is one build only. */
  readonly target: string | null;
  readonly platform: string | null;
  readonly stage: string | null;
  /** 0 where BuildKit does not count: in a stage whose base a named context gives. */
  readonly index: number;
  readonly of: number;
  /** The instruction, without what is in brackets. */
  readonly text: string;
}

export interface OtherAddress {
  readonly kind: 'other';
  readonly target: string | null;
  readonly text: string;
}

const bracket = /^\[([^\]]*)\] ?(.*)$/s;
const counted = /^(?:(.*) )?\s*(\d+)\/\s*(\d+)$/;
const internal = /^(?:(.+) )?(?:internal|auth)$/;
const platformName = /^[a-z0-9]+\/[a-z0-9_]+(?:\/v\d+(?:\.\d+)?)?(?:\([^)]*\))?(?:->\S+)?$/;
const instruction = /^(?:RUN|COPY|ADD|WORKDIR)(?: |$)/;

/** Names of the targets of a build of several, as they stand in front of what belongs to each: `[web internal] …`. */
export function targetsOf(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const match = internal.exec(bracket.exec(name)?.[1] ?? '');
      const words = (match?.[1] ?? '').split(' ').filter((word) => word !== '' && !platformName.test(word));
      return words[0] ?? [];
    }),
  );
}

/** Reads the name of a vertex: `[linux/amd64 build 2/4] RUN make`. */
export function addressOf(name: string, targets: ReadonlySet<string>): VertexAddress {
  const match = bracket.exec(name);
  if (match === null) {
    const text = name.trim();
    if (!instruction.test(text)) return { kind: 'other', target: null, text };
    return { kind: 'step', target: null, platform: null, stage: null, index: 0, of: 0, text };
  }
  const inside = (match[1] ?? '').trim();
  const text = (match[2] ?? '')
    .replace(/^ONBUILD /, '')
    .replace(/^LINK /, '')
    .trim();
  const count = counted.exec(inside);
  const words = (count === null ? inside : (count[1] ?? '')).split(' ').filter((word) => word !== '');
  const target = targets.has(words[0] ?? '') ? (words.shift() ?? null) : null;
  const platform = platformName.test(words[0] ?? '') ? (words.shift() ?? null) : null;
  if (count === null && words.length === 0 && instruction.test(text))
    return { kind: 'step', target, platform, stage: null, index: 0, of: 0, text };
  if (count === null || !instruction.test(text)) return { kind: 'other', target, text };
  const stage = words.length === 0 ? null : words.join(' ').toLowerCase();
  return { kind: 'step', target, platform, stage, index: Number(count[2]), of: Number(count[3]), text };
}
