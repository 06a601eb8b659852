import { packageOf, unwrapped } from '../devtools.js';

/** A program of node_modules/.bin, or a package that node loads, which a command line starts. */
export interface ToolUse {
  readonly tool: string;
  /** Where the command names a package rather than a program. */
  readonly package: string | undefined;
  /** Names of the scripts it comes from, outermost first. */
  readonly via: readonly string[];
}

/** A file of the project that node is given to run, or that a tool loads, relative to the project. */
export interface FileUse {
  /** Undefined where `tool` loads a file by its name. */
  readonly file: string | undefined;
  readonly tool: string;
  /** Of the tool. */
  readonly arguments: readonly string[];
  readonly via: readonly string[];
}

/** What a command line is read by. */
export interface ScriptScene {
  readonly scripts: Readonly<Record<string, string>>;
  /** A bare word may be a program of node_modules/.bin, as in every script. */
  readonly bare: boolean;
  readonly via: readonly string[];
}

/** What a command line starts; `open` where the rest may do anything, an install too. */
interface Reading {
  readonly uses: readonly (ToolUse | FileUse)[];
  readonly open: boolean;
}

const NOTHING: Reading = { uses: [], open: false };
const ANYTHING: Reading = { uses: [], open: true };

/** Options of node that take no word more and do not keep it from running its file. */
const NODE_OPTION =
  /^--(no-warnings|enable-source-maps|expose-gc|no-deprecation|experimental-[\w-]+|trace-[\w-]+|use-strict|preserve-symlinks|[\w-]+=.*)$/;

/**
 * The commands of a script that holds nothing but words, quotes, redirections and `&&`: each runs if the one before it
 * succeeds, and fails the script if it fails. Undefined for any other script.
 */
export function chainOf(script: string): readonly (readonly string[])[] | undefined {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const end = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let i = 0; i < script.length; i++) {
    const char = script[i] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (quote === '"' && (char === '`' || (char === '$' && script[i + 1] === '('))) return undefined;
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (char === '\n') return undefined;
      end();
    } else if (char === '&' && script[i + 1] === '&') {
      end();
      commands.push([]);
      i++;
    } else if (/[|;&`(){}\\]/.test(char)) return undefined;
    else word = (word ?? '') + char;
  }
  if (quote !== '') return undefined;
  end();
  return commands.every((c) => c.length > 0) ? commands : undefined;
}

const RUNNERS = new Set(['npm', 'yarn', 'pnpm', 'bun', 'yarnpkg']);
const QUIET = /^(-s|--silent|--if-present|--quiet|--loglevel(=.*)?|--no-color|--bun)$/;
const OWN_VERBS: Readonly<Record<string, RegExp>> = {
  npm: /^(test|t|tst|start|restart|stop)$/,
  yarn: /^(?!(add|install|ci|link|up|upgrade|dlx|workspaces?|dedupe|set|config|cache|global|import|init|pack|patch|plugin|rebuild|remove|unlink|version|why|info|npm|node|exec|create|audit|autoclean|bin|check|list|login|logout|outdated|owner|policies|publish|tag|team|versions|help|constraints|explain|search|stage|unplug|generate-lock-entry|licenses)$)/,
  pnpm: /^(?!(add|install|i|ci|link|ln|update|up|upgrade|dlx|dedupe|fetch|import|rebuild|rb|prune|remove|rm|uninstall|un|unlink|patch.*|store|root|bin|config|c|env|setup|init|create|deploy|doctor|audit|list|ls|outdated|why|licenses|publish|pack|server|cat-.*|find-hash|help|exec|recursive|multi|m|get|set|self-update|approve-builds|ignored-builds|node|runtime)$)/,
};

/** A list of programs that are no tools of a project, and start nothing of it. */
const SYSTEM =
  /^(echo|printf|rm|cp|mv|mkdir|touch|cat|ls|cd|pwd|true|test|chmod|sed|grep|find|date|tar|zip|unzip|curl|wget|git|env|export|ln|head|tail|sleep)$/;
const SHELLS =
  /^(sh|bash|ash|zsh|dash|make|just|task|source|\.|eval|exec|python[0-9.]*|docker|sudo|perl|ruby|php|go|cargo)$/;

function runScript(name: string, scene: ScriptScene, pre: boolean, depth: number): Reading {
  const { scripts, via } = scene;
  const own = scripts[name];
  if (own === undefined || via.includes(name) || depth > 6) return ANYTHING;
  const around = pre ? [scripts[`pre${name}`], own, scripts[`post${name}`]] : [own];
  const inner: ScriptScene = { scripts, bare: true, via: [...via, name] };
  return inOrder(
    around.flatMap((text) => (text === undefined ? [] : [() => scriptReading(text, inner, depth + 1)])),
  );
}

function inOrder(parts: readonly (() => Reading)[]): Reading {
  const uses: (ToolUse | FileUse)[] = [];
  for (const part of parts) {
    const reading = part();
    uses.push(...reading.uses);
    if (reading.open) return { uses, open: true };
  }
  return { uses, open: false };
}

function scriptReading(text: string, scene: ScriptScene, depth: number): Reading {
  const chain = chainOf(text);
  return chain === undefined
    ? ANYTHING
    : inOrder(chain.map((words) => () => commandReading(words, scene, depth)));
}

/** `npm run x`, `yarn x`, `pnpm exec x`, `bun run x`. */
function runnerReading(runner: string, args: readonly string[], scene: ScriptScene, depth: number): Reading {
  const own = args.slice(0, args.indexOf('--') < 0 ? args.length : args.indexOf('--'));
  const at = own.findIndex((a) => !QUIET.test(a));
  const verb = own[at] ?? '';
  const rest = own.slice(at + 1).filter((a) => !QUIET.test(a));
  const name = runner === 'yarnpkg' ? 'yarn' : runner;
  // npm reads options wherever they stand: `--workspace`, `--prefix`.
  if (name === 'npm' && rest.some((a) => a.startsWith('-'))) return ANYTHING;
  const started = verb === 'run' || verb === 'run-script' ? rest[0] : undefined;
  if (started !== undefined) {
    if (started.startsWith('-')) return ANYTHING;
    if (scene.scripts[started] !== undefined)
      return runScript(started, scene, name === 'npm' || name === 'bun', depth);
    return name === 'npm' || own.includes('--if-present') ? ANYTHING : toolUse(started, scene);
  }
  if (verb === 'exec' && (name === 'pnpm' || name === 'yarn')) {
    const tool = rest[0];
    return tool === undefined || tool.startsWith('-') ? ANYTHING : toolUse(tool, scene);
  }
  const known = OWN_VERBS[name];
  if (verb === '' || verb.startsWith('-') || known === undefined || !known.test(verb)) return ANYTHING;
  const script = /^(t|tst)$/.test(verb) && name === 'npm' ? 'test' : verb;
  if (scene.scripts[script] !== undefined) return runScript(script, scene, name === 'npm', depth);
  return name === 'npm' ? ANYTHING : toolUse(verb, scene);
}

function toolUse(tool: string, { via }: ScriptScene, package_?: string): Reading {
  return { uses: [{ tool, package: package_, via }], open: false };
}

/** The package a path through node_modules leads to, and the program where it lies in `.bin`. */
function inNodeModules(path: string): { tool: string; package: string | undefined } | undefined {
  const inside = /(?:^|\/)node_modules\/(.+)$/.exec(path)?.[1];
  if (inside === undefined) return undefined;
  const program = /^\.bin\/([\w.-]+)$/.exec(inside)?.[1];
  if (program !== undefined) return { tool: program, package: undefined };
  const name = packageOf(inside);
  return name === '' || name.startsWith('.') ? undefined : { tool: name, package: name };
}

function nodeReading(args: readonly string[], scene: ScriptScene): Reading {
  const uses: (ToolUse | FileUse)[] = [];
  let plain = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const preload = /^(?:-r|--require|--import|--loader|--experimental-loader)(?:=(.*))?$/.exec(arg);
    const value = preload === null ? arg : (preload[1] ?? args[++i] ?? '');
    const path = inNodeModules(value);
    if (path !== undefined) uses.push({ ...path, via: scene.via });
    else if (preload !== null && !/^[./]|:/.test(value) && value !== '') {
      const name = packageOf(value);
      uses.push({ tool: name, package: name, via: scene.via });
    }
    if (!arg.startsWith('-')) {
      if (plain && path === undefined)
        uses.push({ file: arg, tool: 'node', arguments: args.slice(i + 1), via: scene.via });
      break;
    }
    plain &&= preload !== null || NODE_OPTION.test(arg);
  }
  return { uses, open: false };
}

/** What `words` start. */
function commandReading(words: readonly string[], scene: ScriptScene, depth: number): Reading {
  let rest = unwrapped(words);
  while (/^[A-Za-z_]\w*=/.test(rest[0] ?? '')) rest = rest.slice(1);
  const word = rest[0] ?? '';
  if (word === '' || word.includes('$')) return ANYTHING;
  const args = rest.slice(1);
  const path = inNodeModules(word);
  if (path !== undefined && !word.includes('*')) return { uses: [{ ...path, via: scene.via }], open: false };
  const program = word.replace(/^.*\//, '');
  if (RUNNERS.has(program)) return runnerReading(program, args, scene, depth);
  if (program === 'node') return nodeReading(args, scene);
  if (program === 'npx') {
    const at = args.findIndex((a) => a === '--no-install' || a === '--no');
    const tool = args[at + 1];
    return at === 0 && tool !== undefined && /^\w[\w.-]*$/.test(tool) ? toolUse(tool, scene) : NOTHING;
  }
  if (SYSTEM.test(program)) return program === 'cd' ? ANYTHING : NOTHING;
  if (SHELLS.test(program) || word.includes('/') || !scene.bare) return ANYTHING;
  return launcherReading(program, args, scene, depth);
}

/** A tool, and what it starts in turn where that can be read. */
function launcherReading(
  program: string,
  args: readonly string[],
  scene: ScriptScene,
  depth: number,
): Reading {
  const { via } = scene;
  const self = (): Reading => toolUse(program, scene);
  if (program === 'cross-env') return inOrder([self, () => commandReading(args, scene, depth + 1)]);
  if (/^(npm-run-all2?|run-s|run-p)$/.test(program)) {
    const names = args.filter((a) => !a.startsWith('-'));
    const parts = names.every((n) => scene.scripts[n] !== undefined)
      ? names.map((n) => () => runScript(n, scene, true, depth + 1))
      : [() => ANYTHING];
    return inOrder([self, ...parts]);
  }
  const loads: FileUse = { file: undefined, tool: program, arguments: args, via };
  return inOrder([self, () => ({ uses: [loads], open: false })]);
}

/** The tools that a command line surely starts unless one before it fails, and the files they load, in order. */
export function toolsStarted(words: readonly string[], scene: ScriptScene): readonly (ToolUse | FileUse)[] {
  return commandReading(words, scene, 0).uses;
}

/** Whether a command line may install packages, or do anything else that nobody can tell. */
export function mayDoAnything(words: readonly string[], scene: ScriptScene): boolean {
  return commandReading(words, scene, 0).open;
}
