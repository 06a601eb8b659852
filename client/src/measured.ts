import type { Memento } from 'vscode';
import type { MeasuredBuild } from '../../server/src/lsp/protocol.js';

const key = 'plimsoll.measuredBuilds';

type Measured = Readonly<Record<string, readonly MeasuredBuild[]>>;

/** Document URI of a Dockerfile → its measured builds, the newest first, as kept in the workspace. */
export function measuredBuilds(state: Memento): Measured {
  return state.get<Measured>(key, {});
}

/** Keeps the builds of a Dockerfile in the place of those kept before; none forgets it. */
export async function keepMeasuredBuilds(
  state: Memento,
  uri: string,
  builds: readonly MeasuredBuild[],
): Promise<void> {
  const { [uri]: _old, ...others } = measuredBuilds(state);
  await state.update(key, builds.length === 0 ? others : { ...others, [uri]: builds });
}
