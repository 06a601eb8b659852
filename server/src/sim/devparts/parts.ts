import type { Install } from '../installs/model.js';
import { bun } from './bun.js';
import { composer } from './composer.js';
import type { DevelopmentManager, DevelopmentPart, InstallPlace } from './model.js';
import { npm } from './npm.js';
import { pnpm } from './pnpm.js';
import { uv } from './uv.js';
import { yarn } from './yarn.js';

const managers: readonly DevelopmentManager[] = [bun, composer, npm, pnpm, uv, yarn];

/** What of `install` is for development only; undefined where its project has nothing of that kind or that can't be told. */
export function developmentPart(install: Install, place: InstallPlace): DevelopmentPart | undefined {
  return managers.find((m) => m.name === install.manager)?.partOf(install, place);
}
