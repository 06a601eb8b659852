/** `npm run new-rule -- category/some-problem`: writes a rule and its page with one failing case, and regenerates. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nameComplaint } from './gen/names.js';
import { main as writeGenerated } from './gen.js';

const categories = [
  'cache',
  'ci',
  'context',
  'dependencies',
  'development',
  'reliability',
  'runtime',
  'security',
  'size',
];

/** What is wrong with `category/id`; undefined where a rule can be made of it. */
export function complaintAbout(place: string, root: string): string | undefined {
  const [category = '', id = '', ...more] = place.split('/');
  if (id === '' || more.length > 0) return 'usage: npm run new-rule -- category/some-problem';
  if (!categories.includes(category))
    return `"${category}" is no category; there are ${categories.join(', ')}`;
  const complaint = nameComplaint(id);
  if (complaint !== undefined) return complaint;
  return existsSync(path.join(root, `docs/rules/${id}.md`)) ? `there is a rule "${id}" already` : undefined;
}

function ruleText(id: string, version: string): string {
  return `import { dockerfileRule } from '../rule.js';

/** TODO: what is wrong, in one sentence. For a rule about Compose files use \`composeRule\`, about ignore files \`ignoreRule\`. */
export default dockerfileRule(
  {
    id: '${id}',
    severity: 'information',
    profile: 'default',
    since: '${version}',
    fixes: 'never',
    summary: 'TODO: the problem in one sentence.',
  },
  function* ({ graph }) {
    for (const { stage } of graph.stages) {
      for (const instruction of stage.instructions) {
        if (instruction.keyword !== 'TODO') continue;
        yield { at: instruction.span, message: 'TODO: what is wrong here.' };
      }
    }
  },
);
`;
}

function pageText(id: string): string {
  return `# ${id}

<!-- header -->
<!-- /header -->

## Problem

TODO: what is wrong.

## Why it costs

TODO: what it costs, with the source of every number.

## Fix

TODO: what the fix does, and what it leaves alone.

## When not to

TODO: where the finding is right to be ignored.

## A case that must be found

\`Dockerfile\`:

\`\`\`dockerfile
FROM alpine:3.22
COPY . .
^^^^^^^^ information[${id}] "what is wrong"
\`\`\`

## A case that must stay silent

\`Dockerfile\`:

\`\`\`dockerfile
FROM alpine:3.22
\`\`\`
`;
}

/** Writes the two files of a new rule; the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const place = args[0] ?? '';
  const complaint = complaintAbout(place, root);
  if (complaint !== undefined) {
    console.error(complaint);
    return 2;
  }
  const id = place.replace(/^.*\//, '');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const files = {
    [`server/src/rules/${place}.ts`]: ruleText(id, version),
    [`docs/rules/${id}.md`]: pageText(id),
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
  await writeGenerated([], root);
  console.log(`Next: the cases of docs/rules/${id}.md, then npm test -- ${id}`);
  return 0;
}
