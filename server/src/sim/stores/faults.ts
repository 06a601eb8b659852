import type { Mount } from '../../syntax/dockerfile/model.js';
import { baseName, isInside } from '../../text/paths.js';
import { argumentsOf } from '../commands.js';
import { type StoreStep, targetOf } from '../stores.js';
import { type Cleaning, cleaningsOf } from './cleaning.js';
import type { Hindrance, Store, StoreUse } from './model.js';
import { toolOf } from './tools.js';

/** A cache mount of a RUN with the place it lies at. */
export interface CacheMount {
  readonly mount: Mount;
  readonly target: string;
}

/** The cache mounts of a RUN whose place is known. */
export function cacheMountsOf({ node, step, run }: StoreStep): readonly CacheMount[] {
  return run.mounts.flatMap((mount): CacheMount[] => {
    const target = mount.type === 'cache' ? targetOf(node, step, mount) : undefined;
    return target === undefined ? [] : [{ mount, target }];
  });
}

function touches({ target }: CacheMount, { path }: Store): boolean {
  return isInside(target, path) || isInside(path, target);
}

/** A cache mount that a command reads and writes. */
export interface Served {
  readonly use: StoreUse;
  readonly store: Store;
  readonly at: CacheMount;
}

/** Which mounts serve the commands of a RUN. */
export function servedBy(step: StoreStep): readonly Served[] {
  const mounts = cacheMountsOf(step);
  return step.uses.flatMap((use) =>
    (use.stores ?? []).flatMap((store) =>
      mounts.filter((at) => touches(at, store)).map((at) => ({ use, store, at })),
    ),
  );
}

/** A mount that is meant for a tool, yet lies where the tool keeps nothing. */
export interface Astray {
  readonly use: StoreUse;
  readonly at: CacheMount;
  /** Where the tool keeps what the mount is for; undefined where that is not one folder. */
  readonly instead: Store | undefined;
}

/** Mounts that no command of the RUN uses, though by their names they are meant for one of them. */
export function astrayIn(step: StoreStep): readonly Astray[] {
  return cacheMountsOf(step).flatMap((at): Astray[] => {
    const meant = step.uses.filter((use) => toolOf(use.tool)?.usual.test(at.target) === true);
    const [use] = meant;
    if (use === undefined || meant.some(({ stores }) => stores === undefined)) return [];
    const all = step.uses.flatMap(({ stores = [] }) => stores);
    if (all.some((store) => touches(at, store))) return [];
    // Of two tools it may be for either; an image may have a link there.
    if (meant.some(({ tool }) => tool !== use.tool) || use.tool === 'gradle' || use.tool === 'apk') return [];
    const stores = use.stores ?? [];
    const like = stores.filter(({ path }) => baseName(path) === baseName(at.target));
    const [only, ...others] = stores.length === 1 ? stores : like;
    return [{ use, at, instead: others.length === 0 ? only : undefined }];
  });
}

/** Whether the user of a RUN can't write into a mount: it belongs to root, or to another. */
export function isForeign({ user }: StoreStep, { mount }: CacheMount): boolean {
  if (user === undefined || user.root) return false;
  const option = (name: string): string | undefined => mount.options.find(({ key }) => key === name)?.value;
  if (option('mode') !== undefined || mount.from !== undefined) return false;
  const uid = option('uid');
  if (uid === undefined) return user.uid !== 0;
  return /^\d+$/.test(uid) && user.uid !== undefined && Number(uid) !== user.uid;
}

/** What in a RUN empties a mount that serves it. */
export function emptiedIn(
  step: StoreStep,
  served: readonly Served[],
): readonly { served: Served; cleaning: Cleaning }[] {
  return served.flatMap((one) => {
    const use = { ...one.use, stores: [one.store] };
    const found = cleaningsOf(step, use, step.user?.home).filter(
      ({ command, words }) => words !== undefined || empties(one, argumentsOf(command).join(' ')),
    );
    return found.map((cleaning) => ({ served: one, cleaning }));
  });
}

/** Whether a tool's own clean-up throws away what a mount holds; some leave what is of use. */
function empties({ use, store }: Served, words: string): boolean {
  switch (use.tool) {
    case 'apt':
      if (/auto-?clean/.test(words)) return false;
      return baseName(store.path) === 'lists' ? /dist-?clean/.test(words) : true;
    case 'go':
      return store.needed ? /-modcache/.test(words) : /-cache/.test(words);
    case 'uv':
      return !/prune/.test(words);
    case 'dotnet':
      return /all|global-packages/.test(words);
    default:
      return true;
  }
}

/** What keeps all commands of a tool in a RUN from using the mount that serves them. */
export function hinderedIn(
  step: StoreStep,
  served: readonly Served[],
): readonly { served: Served; hindrances: readonly Hindrance[] }[] {
  return served.flatMap((one) => {
    const alike = step.uses.filter(({ tool, downloads }) => tool === one.use.tool && downloads);
    if (alike.length === 0 || alike.some(({ hindrances }) => hindrances.length === 0)) return [];
    return [{ served: one, hindrances: one.use.hindrances }];
  });
}
