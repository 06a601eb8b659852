import path from 'node:path/posix';

/** One look at a path, as strace saw it. */
export interface Access {
  /** Absolute. */
  readonly path: string;
  /** `make`: it was created or replaced, whatever was there. */
  readonly kind: 'look' | 'list' | 'make';
  /** False where there was nothing of that name. */
  readonly found: boolean;
}

/** What `strace -e trace=` is told: everything that names a path, listings, and what decides what a relative path means. */
export const SYSCALLS = '%file,getdents,getdents64,fchdir,clone,clone3,fork,vfork';

interface Call {
  readonly pid: number;
  readonly name: string;
  readonly args: readonly string[];
  readonly result: string;
}

/** Splits what stands between the brackets of a call; texts, structures and `<paths>` hold commas of their own. */
function splitArguments(text: string): { readonly args: readonly string[]; readonly rest: string } {
  const args: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === '<' && /^\d+$|AT_FDCWD$/.test(text.slice(start, i).trim())) {
      i = text.indexOf('>', i);
      if (i < 0) break;
    } else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c) && depth > 0) depth--;
    else if (c === ')' || (c === ',' && depth === 0)) {
      args.push(text.slice(start, i).trim());
      start = i + 1;
      if (c === ')') return { args, rest: text.slice(i + 1) };
    }
  }
  return { args, rest: '' };
}

/** The calls of a log of `strace -f -y`, those that were interrupted put together again. */
function callsOf(log: string): readonly Call[] {
  const open = new Map<number, string>();
  const calls: Call[] = [];
  for (const line of log.split('\n')) {
    const at = /^(\d+)\s+(.*)$/.exec(line);
    const pid = Number(at?.[1]);
    let text = at?.[2] ?? '';
    const unfinished = text.indexOf(' <unfinished ...>');
    if (unfinished >= 0) {
      open.set(pid, text.slice(0, unfinished));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    if (resumed !== null) text = `${open.get(pid) ?? ''}${text.slice(resumed[0].length)}`;
    const call = /^(\w+)\((.*)$/s.exec(text);
    if (call?.[1] === undefined) continue;
    const { args, rest } = splitArguments(call[2] ?? '');
    calls.push({ pid, name: call[1], args, result: rest.replace(/^\s*=\s*/, '').trim() });
  }
  return calls;
}

/** The text of a quoted argument; undefined for anything else, and for one that strace cut off. */
function textOf(arg: string | undefined): string | undefined {
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(arg ?? '')?.[1];
  if (inside === undefined) return undefined;
  const bytes: number[] = [];
  const named: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12 };
  for (const part of inside.match(/\\[0-7]{1,3}|\\.|[^\\]+/gs) ?? []) {
    if (!part.startsWith('\\')) bytes.push(...Buffer.from(part));
    else if (/^\\[0-7]/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else bytes.push(named[part[1] ?? ''] ?? part.charCodeAt(1));
  }
  return Buffer.from(bytes).toString('utf8');
}

/** The path that `-y` puts behind a descriptor. */
function descriptorPath(arg: string | undefined): string | undefined {
  return /^(?:\d+|AT_FDCWD)<(\/.*?)(?:\(deleted\))?>/.exec(arg ?? '')?.[1];
}

/** Calls that take two paths, and which of them is looked for: the other is made or is only text. */
const MAKES_LAST = /^(rename|renameat|renameat2|link|linkat|symlink|symlinkat)$/;
const MAKES = /^(mkdir|mkdirat|mknod|mknodat|creat)$/;
const REMOVES = /^(unlink|unlinkat|rmdir)$/;

/** A process's folder; threads share one. */
interface Place {
  folder: string;
}

function placesOf(calls: readonly Call[], start: string): (pid: number) => Place {
  const parents = new Map<number, { readonly parent: number; readonly shared: boolean }>();
  for (const { pid, name, args, result } of calls) {
    const child = /^\d+/.exec(result)?.[0];
    if (/^(clone3?|v?fork)$/.test(name) && child !== undefined)
      parents.set(Number(child), { parent: pid, shared: args.join().includes('CLONE_FS') });
  }
  const places = new Map<number, Place>();
  const placeOf = (pid: number): Place => {
    const known = places.get(pid);
    if (known !== undefined) return known;
    const from = parents.get(pid);
    const above = from === undefined ? { folder: start } : placeOf(from.parent);
    const own = from?.shared === true ? above : { ...above };
    places.set(pid, own);
    return own;
  };
  return placeOf;
}

function pathsOf(call: Call, folder: string): readonly string[] {
  return call.args.flatMap((arg, i) => {
    const text = textOf(arg);
    if (text === undefined || text === '') return [];
    return [path.resolve(descriptorPath(call.args[i - 1]) ?? folder, text)];
  });
}

/** What one call looked at; nothing for one that failed for another reason than that the path is not there. */
function accessesOf(call: Call, folder: string): readonly Access[] {
  const { name, args, result } = call;
  const failed = result.startsWith('-1');
  if (name.startsWith('getdents')) {
    const listed = descriptorPath(args[0]);
    return listed === undefined ? [] : [{ path: listed, kind: 'list', found: true }];
  }
  if (failed && !result.includes('ENOENT')) return [];
  const paths = pathsOf(call, folder);
  const [first] = paths;
  const last = paths.at(-1);
  if (first === undefined || last === undefined || name === 'getcwd' || REMOVES.test(name)) return [];
  if (MAKES_LAST.test(name)) return failed ? [] : [{ path: last, kind: 'make', found: true }];
  const makes = MAKES.test(name) || (name.startsWith('open') && /O_CREAT|O_TRUNC/.test(args.join()));
  if (makes) return failed ? [] : [{ path: first, kind: 'make', found: true }];
  // What an opened name leads to is behind the descriptor.
  const target = name.startsWith('open') ? descriptorPath(result) : undefined;
  const through = target === undefined || target === first ? [] : [target];
  return [first, ...through].map((at) => ({ path: at, kind: 'look', found: !failed }));
}

/** Every look at a path in a log of `strace -f -y -e trace=SYSCALLS -o FILE`, started in the folder `start`, in order. */
export function readStrace(log: string, start: string): readonly Access[] {
  const calls = callsOf(log);
  const placeOf = placesOf(calls, start);
  return calls.flatMap((call) => {
    const place = placeOf(call.pid);
    const found = accessesOf(call, place.folder);
    if (call.result.startsWith('0') && call.name === 'chdir')
      place.folder = pathsOf(call, place.folder)[0] ?? place.folder;
    if (call.result.startsWith('0') && call.name === 'fchdir')
      place.folder = descriptorPath(call.args[0]) ?? place.folder;
    return found;
  });
}
