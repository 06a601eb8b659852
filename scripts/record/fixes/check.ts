import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Engine } from '../../../server/src/engine/model.js';
import { createFactStore, resolveWith } from '../../../server/src/node/facts.js';
import { fromCorePath, nodeFs, toCorePath } from '../../../server/src/node/fs.js';
import { loadShellParser } from '../../../server/src/node/shell.js';
import type { Build } from '../../../server/src/project/build.js';
import { classify } from '../../../server/src/project/classify.js';
import { buildsOf } from '../../../server/src/project/discover.js';
import { parseCache, type TrackedSnapshot } from '../../../server/src/project/snapshot.js';
import { allRules } from '../../../server/src/rules/index.js';
import { imagesOf } from '../corpus.js';
import { type Base, makeBase, runDocker } from '../engine.js';
import { type AppliedFix, appliedFixes } from './apply.js';

/** A Dockerfile, the build that decides for it, and what fixes make of it. */
interface Fixed {
  readonly file: string;
  readonly build: Build;
  readonly images: readonly string[];
  readonly fixes: readonly AppliedFix[];
}

/** What `docker build --call=check` says, one line each: warnings without their places, and what makes the build fail. */
type Said = readonly string[];

async function engineOf(): Promise<Engine> {
  const require = createRequire(import.meta.url);
  const modules = path.dirname(path.dirname(require.resolve('web-tree-sitter')));
  const shellParser = await loadShellParser(modules, {
    runtime: 'web-tree-sitter/web-tree-sitter.wasm',
    grammar: 'tree-sitter-bash/tree-sitter-bash.wasm',
  });
  return { rules: allRules, shellParser };
}

function fixedIn(engine: Engine, snapshot: TrackedSnapshot, root: string): readonly Fixed[] {
  return snapshot.index(root).flatMap((file): Fixed[] => {
    const text = snapshot.text(file);
    if (text === undefined) return [];
    const { kind, skipped } = classify(file, text);
    const build = kind === 'dockerfile' && !skipped ? buildsOf(snapshot, file)[0] : undefined;
    if (build === undefined || build.remote) return [];
    const fixes = appliedFixes(engine, snapshot, file);
    return fixes.length === 0 ? [] : [{ file, build, images: imagesOf(snapshot, build), fixes }];
  });
}

interface Check {
  readonly warnings: readonly { readonly ruleName: string; readonly detail: string }[] | null;
  readonly buildError?: { readonly message: string };
}

/** Checks a Dockerfile whose text, and that of its ignore file, may be others than on the disk. */
async function check({ file, build, images }: Fixed, texts: AppliedFix['texts'], base: Base): Promise<Said> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plimsoll-check-'));
  try {
    const dockerfile = path.join(folder, 'Dockerfile');
    cpSync(fromCorePath(file), dockerfile);
    const text = texts.get(file);
    if (text !== undefined) writeFileSync(dockerfile, text);
    // An ignore file beside the Dockerfile holds whatever the context has.
    const ignore = build.ignoreFile ?? `${build.context}/.dockerignore`;
    const ignored = texts.get(ignore);
    if (ignored !== undefined) writeFileSync(`${dockerfile}.dockerignore`, ignored);
    else if (existsSync(fromCorePath(ignore))) cpSync(fromCorePath(ignore), `${dockerfile}.dockerignore`);
    const args = Object.entries(build.args).flatMap(([name, value]) =>
      value === null ? [] : ['--build-arg', `${name}=${value}`],
    );
    const { code, stdout, output } = await runDocker([
      ...['buildx', 'build', '--call=check,format=json', '--progress=quiet', '-f', dockerfile],
      ...(build.target === null || build.target === undefined ? [] : ['--target', build.target]),
      ...args,
      ...images.flatMap((name) => ['--build-context', `${name}=${base.reference}`]),
      fromCorePath(build.context),
    ]);
    if (!stdout.trim().startsWith('{')) return [`failed (${code}): ${output.trim().split('\n').at(-1)}`];
    const { warnings, buildError } = JSON.parse(stdout) as Check;
    const said = (warnings ?? []).map(
      ({ ruleName, detail }) => `${ruleName}: ${detail.replace(/\(line \d+\)/g, '')}`,
    );
    return buildError === undefined ? said : [...said, `error: ${buildError.message}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of `after` was not said before, each as often as it is new. */
function added(before: Said, after: Said): Said {
  const left = [...before];
  return after.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The projects of a folder of projects, or the folder itself where it is one. */
function projectsIn(folder: string): readonly string[] {
  const below = readdirSync(folder).map((name) => path.join(folder, name));
  const isProject = below.some((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true);
  return isProject ? [folder] : below;
}

/**
 * Applies every fix that is offered for the Dockerfiles below, each alone and all together, and lets BuildKit check the
 * results; prints what is wrong. Whether nothing is.
 */
export async function runFixes(folders: readonly string[]): Promise<boolean> {
  const engine = await engineOf();
  const base = await makeBase();
  const seen = { dockerfiles: 0, fixes: 0, checks: 0, refused: 0, wrong: 0 };
  try {
    for (const project of folders.flatMap((folder) => projectsIn(path.resolve(folder)))) {
      const root = toCorePath(project);
      const store = createFactStore({ fs: nodeFs() });
      const found = await resolveWith(store, [root], parseCache(), (snapshot) =>
        fixedIn(engine, snapshot, root),
      );
      for (const one of found) {
        const before = await check(one, new Map(), base);
        seen.dockerfiles++;
        const refusal = before.find((line) => /^(error|failed)/.test(line));
        if (refusal !== undefined) {
          seen.refused++;
          console.log(`${path.relative(path.dirname(project), fromCorePath(one.file))}\n  ${refusal}`);
        }
        for (const { name, texts, complaints } of one.fixes) {
          const after = texts.has(one.file) || texts.size > 0 ? await check(one, texts, base) : before;
          seen.fixes++;
          seen.checks++;
          const wrong = [...complaints, ...added(before, after)];
          if (wrong.length === 0) continue;
          seen.wrong++;
          console.log(
            `${path.relative(path.dirname(project), fromCorePath(one.file))}\n  ${name}\n    ${wrong.join('\n    ')}`,
          );
        }
      }
    }
  } finally {
    await base.remove();
  }
  console.log(
    `${seen.fixes} fixes and sets of fixes of ${seen.dockerfiles} Dockerfiles: ${seen.wrong} wrong. BuildKit refuses ${seen.refused} of these Dockerfiles as they are.`,
  );
  return seen.wrong === 0;
}
