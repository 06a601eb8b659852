/** Which packages of a lock file run-time dependencies bring, directly or not; the others are for development only. */
export interface LockedPackages {
  /** Their names. One that is locked several times is here if any of these stays. */
  readonly runtime: ReadonlySet<string>;
  /** All locked names. */
  readonly all: ReadonlySet<string>;
  /** Program → the packages that bring it, for packages whose programs the lock file lists. */
  readonly programs: ReadonlyMap<string, readonly string[]>;
  /** Folders of the project whose packages are installed with it, relative to the lock file, where the lock file lists them. */
  readonly members?: readonly Member[];
}

/** A package of the project that a lock file lists: its folder (`.` for the one beside it) and what it names itself. */
export interface Member {
  readonly folder: string;
  readonly development: readonly string[];
  readonly dependencies: readonly string[];
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
  member(member: Member): void;
  done(): LockedPackages;
}

/** An empty collector. */
export function collector(): Collector {
  const runtime = new Set<string>();
  const all = new Set<string>();
  const programs = new Map<string, string[]>();
  const members: Member[] = [];
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
    member: (member) => {
      members.push(member);
    },
    done: () => ({ runtime, all, programs, ...(members.length > 0 ? { members } : {}) }),
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

/** The names in a JSON object or a list of objects. */
export function keysOf(...values: readonly unknown[]): string[] {
  return values.flatMap((value) => Object.keys(object(value)));
}
