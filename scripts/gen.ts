/** `npm run gen`: writes every generated file. `test/repo/generated.test.ts` fails where one is out of date. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configSchema, settingsGuide } from './gen/config.js';
import { between, cliGuide, docsIndex, familyTable, pageHeader, ruleTable } from './gen/docs.js';
import { ecosystemsGuide, provenPairsFile } from './gen/ecosystems.js';
import { manifest, manifestTexts } from './gen/manifest.js';
import { loadRules, ruleFiles, rulesIndex } from './gen/rules.js';

function read(root: string, file: string): string | undefined {
  const full = path.join(root, file);
  return existsSync(full) ? readFileSync(full, 'utf8').replace(/\r\n/g, '\n') : undefined;
}

/** Replaces what stands between the marks of `file`; a file that is not there or lacks the marks is left alone. */
function fill(out: Map<string, string>, root: string, file: string, mark: string, content: string): void {
  const text = out.get(file) ?? read(root, file);
  const filled = text === undefined ? undefined : between(text, mark, content);
  if (filled !== undefined) out.set(file, filled);
}

/**
 * Every generated file of the repository at `root`: path relative to it → content. Rejects where a rule does not compile
 * or its metadata is not that of its file.
 */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  const files = ruleFiles(root);
  out.set('server/src/rules/index.ts', rulesIndex(files));
  const { rules, settings, configDescription, help, families } = await loadRules(root, files);
  for (const rule of rules) fill(out, root, `docs/rules/${rule.id}.md`, 'header', pageHeader(rule));
  out.set('docs/rules/README.md', docsIndex(rules));
  fill(out, root, 'README.md', 'rules', ruleTable(rules, 'docs/rules/'));
  out.set('schemas/plimsoll.schema.json', configSchema(configDescription, rules));
  out.set('docs/guide/settings.md', settingsGuide(settings, configDescription));
  fill(out, root, 'docs/guide/cli.md', 'help', cliGuide(help));
  fill(out, root, 'docs/guide/seconds.md', 'families', familyTable(families));
  out.set('server/src/fixes/provenpairs.ts', provenPairsFile(root));
  out.set('docs/guide/ecosystems.md', ecosystemsGuide(root));
  const texts = read(root, 'package.nls.json');
  out.set('package.json', manifest(read(root, 'package.json') ?? '{}', settings, rules));
  out.set('package.nls.json', manifestTexts(texts ?? '{}', settings, rules));
  return out;
}

/** Writes what differs and says so. */
export async function main(_args: readonly string[], root: string): Promise<void> {
  for (const [file, content] of await generate(root)) {
    if (read(root, file) === content) continue;
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
    console.log(`wrote ${file}`);
  }
}
