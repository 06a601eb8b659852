import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generate } from '../../scripts/gen.js';
import { repo } from '../harness/files.js';

const generated = await generate(repo);

test.each([...generated])('%s is up to date', (file, content) => {
  const full = path.join(repo, file);
  const now = existsSync(full) ? readFileSync(full, 'utf8').replace(/\r\n/g, '\n') : '';
  expect(now, `${file} is out of date; run: npm run gen`).toBe(content);
});
