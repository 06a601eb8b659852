import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Engine } from '../server/src/engine/model.js';
import { loadShellParser } from '../server/src/node/shell.js';
import { allRules } from '../server/src/rules/index.js';
import { ECOSYSTEMS, ecosystemNames } from './ecosystems/model.js';
import { proveEcosystem } from './prove/run.js';
import { noEngine } from './record/engine.js';

const usage = `prove [--new] [--buildkit VERSION] [ECOSYSTEM...]
    Builds the projects of test/ecosystems (or of those named) before and after every fix that is offered for them, compares
    the images, edits the source, builds again, and writes facts.json. Wants a BuildKit behind \`docker buildx\`, the base
    images, the managers on the PATH (for lock files), and their registries. --new: fixes that are recorded with the same
    text for the same project are not built again. --buildkit: its version, where it can't say.
`;

async function makeEngine(root: string): Promise<Engine> {
  const names = {
    runtime: 'web-tree-sitter/web-tree-sitter.wasm',
    grammar: 'tree-sitter-bash/tree-sitter-bash.wasm',
  };
  return { rules: allRules, shellParser: await loadShellParser(path.join(root, 'node_modules'), names) };
}

/** Proves the ecosystems named, all without names; the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  const at = args.indexOf('--buildkit');
  const version = at < 0 ? undefined : args[at + 1];
  const onlyNew = args.includes('--new');
  const named = args.filter((arg, i) => arg !== '--new' && (at < 0 || (i !== at && i !== at + 1)));
  if (named.some((arg) => arg.startsWith('-'))) {
    console.error(usage);
    return 2;
  }
  const missing = await noEngine();
  if (missing !== undefined) {
    console.error(missing);
    return 2;
  }
  const engine = await makeEngine(root);
  let failed = 0;
  for (const id of named.length > 0 ? named : ecosystemNames(root)) {
    console.log(id);
    try {
      const facts = await proveEcosystem({ root, id, onlyNew, say: console.log }, engine);
      const known = version === undefined ? facts : { ...facts, buildkit: version };
      writeFileSync(path.join(root, ECOSYSTEMS, id, 'facts.json'), `${JSON.stringify(known, null, 2)}\n`);
    } catch (error) {
      failed++;
      console.error(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}
