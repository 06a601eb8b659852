import type { Install } from '../installs/model.js';
import { bun } from './bun.js';
import { bundler } from './bundler.js';
import { composer } from './composer.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { npm } from './npm.js';
import { pip } from './pip.js';
import { pipenv } from './pipenv.js';
import { pnpm } from './pnpm.js';
import { poetry } from './poetry.js';
import { uv } from './uv.js';
import { yarn } from './yarn.js';

const managers: readonly DevelopmentManager[] = [
  bun,
  bundler,
  composer,
  npm,
  pip,
  pipenv,
  pnpm,
  poetry,
  uv,
  yarn,
];

/** What of `install` is for development only; undefined where its project has nothing of that kind or that can't be told. */
export function developmentPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  return managers.find((m) => m.name === install.manager)?.partOf(install, place);
}
