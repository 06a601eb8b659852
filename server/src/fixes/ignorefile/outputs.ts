import { entryPath } from '../../project/tree.js';
import { argumentsOf, programOf, type StepCommand } from '../../sim/commands.js';
import { parsePackageJson } from '../../syntax/manifests/npm.js';
import { dirName } from '../../text/paths.js';
import type { Maker } from './made.js';
import { filesNamed, type Survey, textIn } from './survey.js';

/** What a build tool of node writes by default, and the settings that may say otherwise. */
interface Tool {
  readonly command: RegExp;
  readonly folders: readonly string[];
  readonly settings: RegExp;
  /** Words in the settings after which the default no longer holds. */
  readonly moved: RegExp;
}

const tools: readonly Tool[] = [
  { command: /\bnext build\b/, folders: ['.next'], settings: /^next\.config\./, moved: /distDir/ },
  {
    command: /\b(nuxt|nuxi) (build|generate)\b/,
    folders: ['.nuxt', '.output'],
    settings: /^nuxt\.config\./,
    moved: /buildDir|output/,
  },
  {
    command: /\bvite build\b/,
    folders: ['dist'],
    settings: /^(vite|svelte)\.config\./,
    moved: /outDir|sveltekit|adapter|solidStart|tanstack/i,
  },
  { command: /\bvue-cli-service build\b/, folders: ['dist'], settings: /^vue\.config\./, moved: /outputDir/ },
  { command: /\breact-scripts build\b/, folders: ['build'], settings: /^\.env(\..*)?$/, moved: /BUILD_PATH/ },
  {
    command: /\bnest build\b/,
    folders: ['dist'],
    settings: /^(tsconfig.*|nest-cli)\.json$/,
    moved: /"outDir"\s*:\s*"(?!\.?\/?dist\/?")|outputPath/,
  },
  { command: /\bastro build\b/, folders: ['dist', '.astro'], settings: /^astro\.config\./, moved: /outDir/ },
];

/** Names of folders that build tools of node write. */
export const outputNames: readonly string[] = [...new Set(tools.flatMap(({ folders }) => folders))];

/** The command lines that a node command comes to in a project, one text: its own, and those of the scripts it names. */
function linesOf(command: StepCommand, scripts: Readonly<Record<string, string>>): string {
  const program = programOf(command);
  const args = argumentsOf(command);
  const named = ['npm', 'yarn', 'pnpm', 'bun'].includes(program)
    ? args.filter((a) => scripts[a] !== undefined)
    : [];
  const texts = [command.words.map((w) => w.value).join(' ')];
  const seen = new Set<string>();
  for (let name = named.pop(); name !== undefined; name = named.pop()) {
    const text = scripts[name];
    if (text === undefined || seen.has(name)) continue;
    seen.add(name);
    texts.push(text);
    named.push(...Object.keys(scripts).filter((other) => text.split(/[\s"';&|]+/).includes(other)));
  }
  return texts.join('\n');
}

/** The maker of what a build tool writes in the project at `folder` of the context; undefined where none writes such a folder there. */
export function outputMaker(survey: Survey, folder: string, name: string): Maker | undefined {
  const manifest = parsePackageJson(textIn(survey, entryPath(folder, 'package.json')) ?? '');
  if (manifest === undefined) return undefined;
  const fitting = tools.filter(
    (tool) =>
      tool.folders.includes(name) &&
      !filesNamed(survey, tool.settings, folder).some((path) => {
        const text = textIn(survey, path) ?? '';
        return text === '' || tool.moved.test(text);
      }),
  );
  if (fitting.length === 0) return undefined;
  return (command, _, at) => {
    if (
      command.folder !== dirName(at) ||
      argumentsOf(command).some((a) => /^(--outDir|--output-path|-C|--cwd|--prefix|--filter)/.test(a))
    )
      return undefined;
    const lines = linesOf(command, manifest.scripts);
    if (/--outDir|--output-path|--dist-dir|BUILD_PATH=/.test(lines)) return undefined;
    const tool = fitting.find((t) => t.command.test(lines));
    const by = tool?.command.exec(lines)?.[0];
    return by === undefined ? undefined : { by, replaces: false, partial: false };
  };
}

/** Whether a command that runs before a build may use what an earlier build left: all but installs and generators. */
export function mayUseOutput(command: StepCommand): boolean {
  const args = argumentsOf(command).filter((a) => !a.startsWith('-'));
  const program = programOf(command);
  if (['npm', 'yarn', 'pnpm', 'bun'].includes(program))
    return !/^(ci|install|i|clean-install|fetch|)$/.test(args[0] ?? '');
  return !(program === 'npx' && args[0] === 'prisma');
}
