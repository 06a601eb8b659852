import type { Memento } from 'vscode';

const key = 'plimsoll.chosenBuilds';

/** Document URI → `source` of the build the person chose, as kept in the workspace. */
export function chosenBuilds(state: Memento): Readonly<Record<string, string>> {
  return state.get<Record<string, string>>(key, {});
}

/** Keeps a choice; null forgets it. */
export async function keepChosenBuild(state: Memento, uri: string, source: string | null): Promise<void> {
  const { [uri]: _old, ...others } = chosenBuilds(state);
  await state.update(key, source === null ? others : { ...others, [uri]: source });
}
