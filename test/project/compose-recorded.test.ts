import { describe, expect, it } from 'vitest';
import { composeProjectOf } from '../../server/src/project/compose.js';
import recorded from './compose-recorded.json' with { type: 'json' };
import { snapshotOf } from './snapshotOf.js';

type Plain = Record<string, unknown>;

/** Both sides in one form: a command as one text, defaults that Compose writes out left out. */
function comparable(key: string, value: unknown): unknown {
  if (key === 'command') return Array.isArray(value) ? value.join(' ') : value;
  if (key === 'ports') return Array.isArray(value) ? value.length : value;
  if (key === 'shm_size') return value !== undefined;
  if (key === 'volumes') {
    return (value as Plain[]).map(({ type, source, target, read_only }) => ({
      type,
      source,
      target,
      read_only: read_only === true,
    }));
  }
  if (key === 'build') {
    const build = value as Plain;
    return { context: '/p', dockerfile: 'Dockerfile', args: {}, ...build };
  }
  if (key === 'labels')
    return Object.fromEntries(Object.entries(value as Plain).map(([k, v]) => [k, String(v)]));
  return value;
}

describe(`as ${recorded.source} resolves it`, () => {
  it.each(recorded.cases)('$name', ({ files, asks, services }) => {
    const texts = Object.entries(files as Record<string, string>).map(
      ([name, text]) => [`/p/${name}`, text] as const,
    );
    const project = composeProjectOf(snapshotOf(Object.fromEntries(texts)), `/p/${asks}`);
    expect(project.services.map((s) => s.name).sort()).toEqual(Object.keys(services).sort());
    for (const service of project.services) {
      expect(service.incomplete).toBe(false);
      for (const [key, theirs] of Object.entries(
        (services as unknown as Record<string, Plain>)[service.name] ?? {},
      )) {
        // The files named by env_file are not read: Compose adds what they set to `environment`.
        if (key === 'environment' && service.values.has('env_file')) continue;
        const ours = service.values.get(key)?.value;
        expect({ [key]: comparable(key, ours) }).toEqual({ [key]: comparable(key, theirs) });
      }
    }
  });
});
