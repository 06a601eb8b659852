import type { Stack } from './model.js';
import { elixir, go, rust } from './stacks/compiled.js';
import { dotnet, java, php } from './stacks/managed.js';
import { nodeServer, nodeStatic, python } from './stacks/scripted.js';

/** Every known stack; the first that has a plan is taken. */
export const stacks: readonly Stack[] = [nodeStatic, nodeServer, go, rust, java, dotnet, python, php, elixir];
