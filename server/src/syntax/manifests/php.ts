/** What Plimsoll needs of a composer.json. */
export interface ComposerManifest {
  readonly require: Readonly<Record<string, unknown>>;
  readonly requireDev: Readonly<Record<string, unknown>>;
  /** Names under `scripts`. */
  readonly scripts: readonly string[];
  /** The commands of each script. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** The manifest in `text`; undefined where it is no JSON object (an empty file: its content is unknown). */
export function parseComposerJson(text: string): ComposerManifest | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const root = object(json);
  const scripts = Object.entries(object(root.scripts));
  return {
    require: object(root.require),
    requireDev: object(root['require-dev']),
    scripts: scripts.map(([name]) => name),
    commands: Object.fromEntries(
      scripts.map(([name, lines]) => [
        name,
        (Array.isArray(lines) ? lines : [lines]).filter((l): l is string => typeof l === 'string'),
      ]),
    ),
  };
}
