/** Which packages of a lock file run-time dependencies bring, directly or not; the others are for development only. */
export interface LockedPackages {
  /** Their names. One that is locked several times is here if any of these stays. */
  readonly runtime: ReadonlySet<string>;
  /** All locked names. */
  readonly all: ReadonlySet<string>;
  /** Program → the packages that bring it, for packages whose programs the lock file lists. */
  readonly programs: ReadonlyMap<string, readonly string[]>;
}

type Json = Readonly<Record<string, unknown>>;

/** A JSON value as an object; an empty one where it is none. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Collects what `LockedPackages` holds. */
export interface Collector {
  add(name: string, stays: boolean): void;
  /** `bin` as in package.json: a path for a program named as the package, or name → path. */
  programs(name: string, bin: unknown): void;
  done(): LockedPackages;
}

/** An empty collector. */
export function collector(): Collector {
  const runtime = new Set<string>();
  const all = new Set<string>();
  const programs = new Map<string, string[]>();
  const note = (program: string, name: string): void => {
    const owners = programs.get(program) ?? [];
    if (!owners.includes(name)) programs.set(program, [...owners, name]);
  };
  return {
    add(name, stays) {
      all.add(name);
      if (stays) runtime.add(name);
    },
    programs(name, bin) {
      if (typeof bin === 'string') note(name.replace(/^@[^/]+\//, ''), name);
      else for (const program of Object.keys(object(bin))) note(program, name);
    },
    done: () => ({ runtime, all, programs }),
  };
}

/** All keys reached from `roots`; `next` gives what a key leads to. */
export function reachable(roots: readonly string[], next: (key: string) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const todo = [...roots];
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    todo.push(...next(key));
  }
  return found;
}
