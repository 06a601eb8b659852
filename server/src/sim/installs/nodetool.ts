import type { ShellWord } from '../../syntax/shell/model.js';
import { programOf, type StepCommand } from '../commands.js';

/** A package manager of Node.js as a command starts it, whatever stands before its name. */
export interface NodeTool {
  readonly name: string;
  /** `@9` of `npx pnpm@9`, the version of a release in .yarn; undefined where the command names none. */
  readonly version: string | undefined;
  /** The word that starts it. */
  readonly word: ShellWord;
  /** The words after it. */
  readonly words: readonly ShellWord[];
}

const RELEASE = /(^|\/)\.yarn\/releases\/yarn-?(?:berry)?-?v?(\d[\d.]*?)?\.[cm]?js$/;

/** Words that may stand between `npx` and the name of a program. */
const NPX_OPTION = /^(-y|--yes|--no|--no-install|-q|--quiet|--)$/;

function named(word: ShellWord | undefined, words: readonly ShellWord[]): NodeTool | undefined {
  if (word === undefined || !word.literal) return undefined;
  const match = /^(npm|pnpm|yarn|bun)(?:@([^/]*))?$/.exec(word.value);
  return match === null ? undefined : { name: match[1] ?? '', version: match[2], word, words };
}

/**
 * The package manager a command starts: `yarn`, `npx -y pnpm@9`, `corepack pnpm`, `npm exec -- yarn`,
 * `node .yarn/releases/yarn-4.1.0.cjs`; undefined for any other command.
 */
export function nodeTool(command: StepCommand): NodeTool | undefined {
  const [first, ...rest] = command.words;
  if (first === undefined) return undefined;
  const program = programOf(command);
  if (program === 'yarnpkg') return { name: 'yarn', version: undefined, word: first, words: rest };
  if (/^(npx|pnpx|bunx)$/.test(program)) {
    const at = rest.findIndex((word) => !NPX_OPTION.test(word.value));
    return at < 0 ? undefined : named(rest[at], rest.slice(at + 1));
  }
  if (program === 'npm' && /^(exec|x)$/.test(rest[0]?.value ?? '')) {
    const at = rest.findIndex((word, i) => i > 0 && !NPX_OPTION.test(word.value));
    return at < 0 ? undefined : named(rest[at], rest.slice(at + 1));
  }
  if (program === 'corepack') return named(rest[0], rest.slice(1));
  const release = program === 'node' ? rest[0] : first;
  const match = release?.literal === true ? RELEASE.exec(release.value) : null;
  if (release !== undefined && match !== null)
    return {
      name: 'yarn',
      version: match[2] ?? '4',
      word: release,
      words: program === 'node' ? rest.slice(1) : rest,
    };
  if (!/^(npm|pnpm|yarn|bun)$/.test(program)) return undefined;
  return { name: program, version: undefined, word: first, words: rest };
}
