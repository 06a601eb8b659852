import { bun } from './bun.js';
import { bundler } from './bundler.js';
import { cargo } from './cargo.js';
import { composer } from './composer.js';
import { conda } from './conda.js';
import { dotnet } from './dotnet.js';
import { go } from './go.js';
import { gradle } from './gradle.js';
import { maven } from './maven.js';
import { mix } from './mix.js';
import type { Manager, ManagerName } from './model.js';
import { npm } from './npm.js';
import { pip } from './pip.js';
import { pipenv } from './pipenv.js';
import { pnpm } from './pnpm.js';
import { poetry } from './poetry.js';
import { sbt } from './sbt.js';
import { uv } from './uv.js';
import { yarn } from './yarn.js';

/** Every known manager. */
export const managers: readonly Manager[] = [
  bun,
  bundler,
  cargo,
  composer,
  conda,
  dotnet,
  go,
  gradle,
  maven,
  mix,
  npm,
  pip,
  pipenv,
  pnpm,
  poetry,
  sbt,
  uv,
  yarn,
];

/** The manager of that name; undefined where nothing is known of it. */
export function managerOf(name: ManagerName): Manager | undefined {
  return managers.find((manager) => manager.name === name);
}
