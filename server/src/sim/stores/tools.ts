import { dotnet, gradle, maven } from './jvm.js';
import type { StoreTool, ToolName } from './model.js';
import { cargo, go } from './native.js';
import { bun, npm, pnpm, yarn } from './node.js';
import { pip, pipenv, poetry, uv } from './python.js';
import { bundler, composer } from './scripting.js';
import { apk, apt } from './system.js';

/** Every tool whose store is known. */
export const tools: readonly StoreTool[] = [
  apt,
  apk,
  npm,
  yarn,
  pnpm,
  bun,
  pip,
  uv,
  poetry,
  pipenv,
  go,
  cargo,
  maven,
  gradle,
  dotnet,
  composer,
  bundler,
];

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** What is known of a tool. */
export function toolOf(name: ToolName): StoreTool | undefined {
  return byName.get(name);
}

/** A tool as people call it. */
export function labelOf(name: ToolName): string {
  return byName.get(name)?.label ?? name;
}
