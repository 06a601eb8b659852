import type { UnreadPath } from '../../project/measure.js';
import {
  decide,
  type Hits,
  isMatch,
  keptHits,
  literalPaths,
  matchesWithParents,
  type PatternList,
} from './filter.js';
import type { SourceSet, SourceSets } from './sets.js';
import { type Taken, type Taking, takenAt, takingBelow } from './taking.js';
import type { Tree, TreeEntry, TreeStat } from './tree.js';
import { below, pathLength } from './trees.js';
import { contentBytes, statBytes, utf8Length } from './wire.js';

/** A folder on the way from the root to where the walk is. */
export interface Folder {
  readonly path: string;
  readonly name: string;
  /** Bytes of the path in UTF-8. */
  readonly pathBytes: number;
  readonly parent: Folder | undefined;
  readonly entry: TreeEntry | undefined;
  readonly included: Hits;
  readonly excluded: Hits;
  readonly taking: Taking;
  readonly taken: Taken;
  /** The ignore pattern that decides for it; -1 where none hits. */
  readonly decider: number;
  readonly ignored: boolean;
  sent: boolean;
}

/** What is told of everything that is no folder. */
export interface Leaf {
  readonly path: string;
  readonly name: string;
  readonly kind: TreeEntry['kind'];
  readonly folder: Folder;
  readonly decider: number;
  readonly ignored: boolean;
  readonly sent: boolean;
  /** Files and bytes it adds to what is sent: the second name of a file adds none. */
  readonly files: number;
  readonly bytes: number;
  readonly sources: SourceSet;
  readonly stat: TreeStat | undefined;
}

/** Told of what the walk meets, in wire order. */
export interface Observer {
  /** A folder that is looked into, sent or not; what is sent of it is told later. */
  enter?(folder: Folder): void;
  /** All in it has been told. */
  leave?(folder: Folder): void;
  /** Anything else; unsent ones only where everything is walked. */
  leaf?(leaf: Leaf): void;
  /** Something goes on the wire: folders too. */
  sent?(path: string, taken: Taken, folder: boolean): void;
}

export interface WalkOptions {
  readonly tree: Tree;
  readonly include: PatternList | undefined;
  readonly exclude: PatternList;
  /** Walk what BuildKit leaves out too. */
  readonly all: boolean;
  readonly sets: SourceSets;
  readonly taking: Taking;
  readonly observers: readonly Observer[];
}

export interface Walked {
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
  /** Without the packet that ends the transfer. */
  readonly wireBytes: number;
  readonly unreadable: readonly UnreadPath[];
  /** Whether everything that counts could be read. */
  readonly complete: boolean;
}

const mostUnreadable = 100;

/** Whether a folder that is left out itself can be left out whole, as BuildKit does where all that might hold is literal. */
export function canPrune(literals: readonly string[] | undefined, path: string): boolean {
  return literals !== undefined && !literals.some((literal) => literal.startsWith(`${path}/`));
}

/** A folder that is being walked. */
interface Frame {
  readonly folder: Folder;
  readonly entries: readonly TreeEntry[];
  next: number;
  readonly unsent: boolean;
}

class Walk {
  private readonly frames: Frame[] = [];
  private entries = 0;
  private files = 0;
  private bytes = 0;
  private wireBytes = 0;
  private unread = 0;
  private readonly unreadable: UnreadPath[] = [];
  private readonly firstNames = new Map<string, string>();
  private readonly includeLiterals: readonly string[] | undefined;
  private readonly exceptionLiterals: readonly string[] | undefined;
  private readonly mayRefuse: boolean;

  constructor(private readonly options: WalkOptions) {
    const { include, exclude } = options;
    this.includeLiterals = include && literalPaths(include, false);
    this.exceptionLiterals = literalPaths(exclude, true);
    this.mayRefuse = exclude.hasExceptions || include?.hasExceptions === true;
  }

  run(): Walked {
    const { include, exclude, taking, sets } = this.options;
    const root: Folder = {
      path: '',
      name: '',
      pathBytes: 0,
      parent: undefined,
      entry: undefined,
      included: include?.none ?? new Uint8Array(0),
      excluded: exclude.none,
      taking,
      taken: { sources: sets.empty, named: [] },
      decider: -1,
      ignored: false,
      sent: true,
    };
    this.open(root, false);
    // Not by recursion: a tree may be thousands of folders deep.
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) this.step(frame);
    const { entries, files, bytes, wireBytes, unreadable } = this;
    return { entries, files, bytes, wireBytes, unreadable, complete: this.unread === 0 };
  }

  private cannotRead(path: string, effect: UnreadPath['effect']): void {
    // Of a file that arrives empty, and of what is never looked at, it is known what is sent.
    if (effect === 'fails') this.unread++;
    if (this.unreadable.length < mostUnreadable) this.unreadable.push({ path, effect });
  }

  private open(folder: Folder, unsent: boolean): void {
    for (const observer of this.options.observers) observer.enter?.(folder);
    const entries = this.options.tree.entries(folder.path);
    if (entries === undefined) {
      this.cannotRead(folder.path === '' ? '.' : folder.path, unsent ? 'unseen' : 'fails');
    }
    this.frames.push({ folder, entries: entries ?? [], next: 0, unsent });
  }

  /** Tells the next folder of a frame, and what stands before it, or closes the frame. */
  private step(frame: Frame): void {
    const { folder, entries, unsent } = frame;
    while (frame.next < entries.length) {
      const entry = entries[frame.next++];
      if (entry === undefined) continue;
      const path = below(folder.path, entry.name);
      if (entry.kind !== 'folder') this.leaf(folder, entry, path, unsent);
      else if (this.folder(folder, entry, path, unsent)) return;
    }
    this.frames.pop();
    for (const observer of this.options.observers) observer.leave?.(folder);
  }

  /** Whether the paths that are followed let this one through. */
  private isIncluded(folder: Folder, path: string): boolean {
    const { include } = this.options;
    return include === undefined || isMatch(include, decide(include, folder.included, path));
  }

  /** Decides about a folder; false where it is left out whole. */
  private folder(parent: Folder, entry: TreeEntry, path: string, unsent: boolean): boolean {
    const { include, exclude, all, sets } = this.options;
    let skip = !this.isIncluded(parent, path);
    let pruned = skip && canPrune(this.includeLiterals, path);
    if (pruned && !all) return false;
    const included = include === undefined ? parent.included : keptHits(include, parent.included);
    const decider = decide(exclude, parent.excluded, path, unsent || pruned);
    const ignored = isMatch(exclude, decider);
    if (ignored) {
      skip = true;
      pruned ||= canPrune(this.exceptionLiterals, path);
      if (pruned && !all) return false;
    }
    const { name } = entry;
    const folder: Folder = {
      path,
      name,
      pathBytes: pathLength(parent.pathBytes, name),
      parent,
      entry,
      included,
      excluded: keptHits(exclude, parent.excluded),
      taking: takingBelow(parent.taking, sets, name, path),
      taken: takenAt(parent.taking, sets, name, path),
      decider,
      ignored,
      sent: false,
    };
    if (!skip && !unsent) this.send(folder);
    this.open(folder, unsent || pruned);
    return true;
  }

  /** Announces a folder, and before it those above it that wait for something to be sent. */
  private send(folder: Folder): void {
    const waiting: Folder[] = [];
    for (let at: Folder | undefined = folder; at?.sent === false; at = at.parent) waiting.push(at);
    for (const one of waiting.reverse()) {
      one.sent = true;
      const stat = one.entry?.stat();
      if (stat === undefined) {
        this.cannotRead(one.path, 'fails');
        continue;
      }
      this.entries++;
      this.wireBytes += statBytes('folder', stat, one.pathBytes, 0);
      for (const observer of this.options.observers) observer.sent?.(one.path, one.taken, true);
    }
  }

  private leaf(folder: Folder, entry: TreeEntry, path: string, unsent: boolean): void {
    const { exclude, all, sets, observers } = this.options;
    const included = this.isIncluded(folder, path);
    const decider = decide(exclude, folder.excluded, path, unsent);
    const ignored = isMatch(exclude, decider);
    const sent = included && !ignored && !unsent;
    if (!sent && !all) return;
    const stat = entry.stat();
    if (stat === undefined) {
      this.cannotRead(path, sent ? 'fails' : 'unseen');
      return;
    }
    const { name, kind } = entry;
    const taken = takenAt(folder.taking, sets, name, path);
    const counted = sent ? this.sendLeaf(folder, entry, stat, path) : undefined;
    const leaf: Leaf = {
      path,
      name,
      kind,
      folder,
      decider,
      ignored,
      sent,
      files: counted === undefined ? 0 : 1,
      bytes: counted ?? 0,
      sources: taken.sources,
      stat,
    };
    if (sent) for (const observer of observers) observer.sent?.(path, taken, false);
    for (const observer of observers) observer.leaf?.(leaf);
  }

  /** Puts a leaf on the wire: the bytes of its content; undefined for what has none to be asked for. */
  private sendLeaf(folder: Folder, entry: TreeEntry, stat: TreeStat, path: string): number | undefined {
    if (!folder.sent) this.send(folder);
    const { kind } = entry;
    const first = kind === 'link' ? undefined : this.firstName(stat, path);
    const linkBytes = utf8Length(first ?? (kind === 'link' ? (stat.target ?? '') : ''));
    const index = this.entries++;
    this.wireBytes += statBytes(kind, stat, pathLength(folder.pathBytes, entry.name), linkBytes);
    if (first !== undefined || (kind !== 'file' && kind !== 'socket')) return undefined;
    const size = kind === 'file' && this.isOpened(stat, path) ? stat.size : 0;
    this.wireBytes += contentBytes(size, index);
    this.files++;
    this.bytes += size;
    return size;
  }

  /** The name under which the content of a file with several names was sent already. */
  private firstName({ inode }: TreeStat, path: string): string | undefined {
    if (inode === undefined) return undefined;
    const first = this.firstNames.get(inode);
    if (first === undefined) this.firstNames.set(inode, path);
    return first;
  }

  private isOpened(stat: TreeStat, path: string): boolean {
    const { include, exclude } = this.options;
    if (stat.unreadable) {
      this.cannotRead(path, 'empty');
      return false;
    }
    if (!this.mayRefuse) return true;
    return !matchesWithParents(exclude, path) && (include === undefined || matchesWithParents(include, path));
  }
}

/** Walks a context as BuildKit's client does, in wire order. Throws BadPattern. */
export function walkContext(options: WalkOptions): Walked {
  return new Walk(options).run();
}
