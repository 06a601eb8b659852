import { writeFileSync } from 'node:fs';
import { runDocker, withoutColours } from './engine.js';

/** A build that failed, with all that it printed. */
export class Failed extends Error {}

/** Builds the Dockerfile `text` with `folder` as its context; what was printed. Rejects with `Failed`. */
export async function docker(folder: string, text: string, options: readonly string[]): Promise<string> {
  const file = `${folder}.Dockerfile`;
  writeFileSync(file, text);
  const { code, output } = await runDocker(['build', '--progress=plain', '-f', file, ...options, folder]);
  const said = withoutColours(output);
  if (code !== 0) throw new Failed(said);
  return said;
}

/** The lines that a build printed with a mark in front. */
export function marked(log: string, mark: string): string[] {
  return [...log.matchAll(new RegExp(`^#\\d+ [\\d.]+ @${mark} (.*)$`, 'gm'))].map((m) =>
    (m[1] ?? '').trimEnd(),
  );
}
