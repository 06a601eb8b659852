import { describe, expect, test } from 'vitest';
import { nameComplaint } from '../../scripts/gen/names.js';
import { documentedRules } from '../harness/engine.js';

describe('rule names', () => {
  test.each(documentedRules().map((r) => r.meta.id))('%s names a problem', (id) => {
    expect(nameComplaint(id)).toBeUndefined();
  });

  test.each([
    'no-latest',
    'use-cache-mounts',
    'prefer-copy',
    'require-healthcheck',
    'avoid-root',
    'enforce-user',
    'latest',
    'Latest-Tag',
    'latest_tag',
    'latest-tag-rule',
  ])('%s is refused', (id) => {
    expect(nameComplaint(id)).toContain(id);
  });
});

describe('rule metadata', () => {
  test.each(documentedRules().map((r) => [r.meta.id, r] as const))('%s', (_, { meta }) => {
    expect(meta.since).toMatch(/^\d+\.\d+\.\d+$/);
    expect(meta.summary).toMatch(/^[A-Z`].* .*\.$/);
    for (const peer of meta.peers ?? []) expect(peer).toMatch(/^[a-z-]+ \S+$/);
  });
});
