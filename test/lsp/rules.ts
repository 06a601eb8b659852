import { fixAll } from '../../server/src/engine/fixall.js';
import { ignoreHere } from '../../server/src/engine/ignore-here.js';
import { refactorsOf } from '../../server/src/engine/refactors.js';
import { lintFile } from '../../server/src/engine/run.js';
import { verifiedFixes } from '../../server/src/engine/verify.js';
import type { Core } from '../../server/src/lsp/host.js';
import {
  type Change,
  composeRule,
  dockerfileRule,
  ignoreRule,
  type RegisteredRule,
  type RuleMeta,
} from '../../server/src/rules/rule.js';
import type { Span } from '../../server/src/text/span.js';

/** The real engine over rules made for a test. */
export function coreWith(...rules: readonly RegisteredRule[]): Core {
  return { rules, lintFile, verifiedFixes, fixAll, ignoreHere, refactorsOf };
}

function meta(id: string, more: Partial<RuleMeta> = {}): RuleMeta {
  return {
    id,
    severity: 'warning',
    profile: 'default',
    since: '0.1.0',
    fixes: 'always',
    summary: id,
    ...more,
  };
}

/** Finds `latest` wherever it stands and offers a safe fix to `stable`, and an unsafe one. Needs no facts. */
export const latestTag: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('latest-tag'), function* ({ path, dockerfile }) {
    for (const { index } of dockerfile.text.matchAll(/(?<=[ :])latest/g)) {
      const at = { start: index, end: index + 'latest'.length };
      yield {
        at,
        message: 'The tag moves.',
        related: [{ at: { start: 0, end: 4 }, message: 'Here it begins.' }],
        fixes: (['stable', '1.0'] as const).map((tag) => ({
          title: `Write ${tag}`,
          applicability: tag === 'stable' ? ('safe' as const) : ('unsafe' as const),
          changes: () => [{ kind: 'edit' as const, path, edits: [{ span: at, newText: tag }] }],
        })),
      };
    }
  }),
};

/** Finds all `latest` as one, with one safe fix for all of them. */
export const sameTags: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('same-tags'), function* ({ path, dockerfile }) {
    const all = [...dockerfile.text.matchAll(/(?<=:)latest/g)].map(({ index }) => ({
      start: index,
      end: index + 'latest'.length,
    }));
    const [first, ...others] = all;
    if (first === undefined) return;
    yield {
      at: first,
      message: 'Tags move.',
      related: others.map((at) => ({ at, message: 'It moves too.', same: true as const })),
      fixes: [
        {
          title: 'Write stable everywhere',
          applicability: 'safe' as const,
          changes: () => [
            { kind: 'edit' as const, path, edits: all.map((span) => ({ span, newText: 'stable' })) },
          ],
        },
      ],
    };
  }),
};

/** Says the text of `package.json` in the Dockerfile's folder: needs a fact. */
export const noteBeside: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('note-beside', { fixes: 'never' }), function* ({ path, snapshot }) {
    const note = snapshot.text(path.replace(/[^/]+$/, 'package.json'));
    if (note !== undefined) yield { at: { start: 0, end: 4 }, message: `Note: ${note.trim()}` };
  }),
};

/** Throws where the text says so. */
export const thrower: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('thrower', { fixes: 'never' }), function* ({ dockerfile }) {
    if (dockerfile.text.includes('boom')) throw new Error('boom');
    yield* [];
  }),
};

/** Its only fix creates a file. */
export const creator: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('creator'), function* ({ path, dockerfile, snapshot }) {
    const made = path.replace(/[^/]+$/, 'made.txt');
    if (!dockerfile.text.includes('make') || snapshot.text(made) !== undefined) return;
    yield {
      at: { start: 0, end: 4 },
      message: 'made.txt is missing.',
      fixes: [
        {
          title: 'Create made.txt',
          applicability: 'unsafe',
          changes: () => [{ kind: 'create', path: made, text: 'made\n' }],
        },
      ],
    };
  }),
};

/** Its only fix edits this file and package.json beside it. */
export const twoFiles: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('two-files'), function* ({ path, dockerfile, snapshot }) {
    const index = dockerfile.text.indexOf('both');
    const beside = path.replace(/[^/]+$/, 'package.json');
    const there = snapshot.text(beside);
    if (index < 0 || there === undefined) return;
    yield {
      at: { start: index, end: index + 4 },
      message: 'Both files say so.',
      fixes: [
        {
          title: 'Change both files',
          applicability: 'unsafe',
          changes: () => [
            { kind: 'edit', path, edits: [{ span: { start: index, end: index + 4 }, newText: 'one' }] },
            {
              kind: 'edit',
              path: beside,
              edits: [{ span: { start: 0, end: there.length }, newText: '{}\n' }],
            },
          ],
        },
      ],
    };
  }),
};

/** Names the build that decides, at the first instruction: needs the index and folders. */
export const buildNamed: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('build-named', { fixes: 'never' }), function* ({ build }) {
    yield { at: { start: 0, end: 4 }, message: `${build.source} in ${build.context}` };
  }),
};

/** Finds `dead` in an ignore file: faded, with an unsafe fix that edits the Dockerfile beside it. */
export const deadLine: RegisteredRule = {
  category: 'test',
  ...ignoreRule(meta('dead-line'), function* ({ path, ignore, snapshot }) {
    const dead = ignore.patterns.find(({ text }) => text === 'dead');
    const beside = path.replace(/[^/]+$/, 'Dockerfile');
    if (dead === undefined || snapshot.text(beside) === undefined) return;
    const edit = (of: string, span: Span, newText: string): Change => ({
      kind: 'edit',
      path: of,
      edits: [{ span, newText }],
    });
    yield {
      at: dead.span,
      message: 'It does nothing.',
      tags: ['unnecessary'],
      fixes: [
        {
          title: 'Change both',
          applicability: 'unsafe',
          changes: () => [edit(path, dead.span, ''), edit(beside, { start: 0, end: 4 }, 'from')],
        },
      ],
    };
  }),
};

/** A Compose rule that needs the project. */
export const composeImage: RegisteredRule = {
  category: 'test',
  ...composeRule(meta('compose-image', { fixes: 'never' }), function* ({ file, project }) {
    for (const { nameSpan, name } of file.services) {
      yield { at: nameSpan, message: `${name} of ${project.services.length}` };
    }
  }),
};

/** A `COPY . .` before an install: the install pays. Its unsafe fix copies the manifest alone. */
export const payingCopy: RegisteredRule = {
  category: 'test',
  ...dockerfileRule(meta('paying-copy'), function* ({ path, dockerfile, graph }) {
    const start = dockerfile.text.indexOf('COPY . .');
    if (start < 0) return;
    const at = { start, end: start + 'COPY . .'.length };
    yield {
      at,
      message: 'Too much is copied.',
      pays: graph.stages.flatMap(({ steps }) =>
        steps.filter(({ instruction }) => instruction.text.includes('npm ci')),
      ),
      fixes: [
        {
          title: 'Copy package.json alone',
          applicability: 'unsafe',
          changes: () => [{ kind: 'edit', path, edits: [{ span: at, newText: 'COPY package.json .' }] }],
        },
      ],
    };
  }),
};
