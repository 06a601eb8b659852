/** How often a value changes by itself: with every commit, or with every build (a date, a run number). */
export type Changes = 'commit' | 'build';

/** What is known of a variable; null = it keeps its value, undefined = nobody says. */
export type Known = (name: string) => Changes | null | undefined;

/** The more frequent of two. */
export function oftener(a: Changes | undefined, b: Changes | undefined): Changes | undefined {
  return a === 'build' || b === 'build' ? 'build' : (a ?? b);
}

/** What CI systems put into the environment, in capitals; those of Azure with dots. */
const commitVariables = new Set([
  'APPVEYOR_REPO_COMMIT',
  'BITBUCKET_COMMIT',
  'BUILD.SOURCEVERSION',
  'BUILDKITE_COMMIT',
  'BUILD_SOURCEVERSION',
  'CF_REVISION',
  'CF_SHORT_REVISION',
  'CIRCLE_SHA1',
  'CI_COMMIT_SHA',
  'CI_COMMIT_SHORT_SHA',
  'CI_COMMIT_TIMESTAMP',
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
  'COMMIT_SHA',
  'DRONE_COMMIT',
  'DRONE_COMMIT_SHA',
  'GITHUB_SHA',
  'GITHUB_SHA_SHORT',
  'GIT_COMMIT',
  'HEROKU_SLUG_COMMIT',
  'RAILWAY_GIT_COMMIT_SHA',
  'RENDER_GIT_COMMIT',
  'SEMAPHORE_GIT_SHA',
  'SHORT_SHA',
  'SOURCE_COMMIT',
  'TRAVIS_COMMIT',
  'VERCEL_GIT_COMMIT_SHA',
]);
const buildVariables = new Set([
  'BITBUCKET_BUILD_NUMBER',
  'BUILD.BUILDID',
  'BUILD.BUILDNUMBER',
  'BUILDKITE_BUILD_ID',
  'BUILDKITE_BUILD_NUMBER',
  'BUILD_BUILDID',
  'BUILD_BUILDNUMBER',
  'BUILD_NUMBER',
  'CIRCLE_BUILD_NUM',
  'CI_JOB_ID',
  'CI_JOB_STARTED_AT',
  'CI_PIPELINE_CREATED_AT',
  'CI_PIPELINE_ID',
  'CI_PIPELINE_IID',
  'CODEBUILD_BUILD_NUMBER',
  'DRONE_BUILD_NUMBER',
  'EPOCHSECONDS',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'RANDOM',
  'SEMAPHORE_WORKFLOW_NUMBER',
  'TRAVIS_BUILD_ID',
  'TRAVIS_BUILD_NUMBER',
]);

const commitName =
  /^(?:APP|BUILD|CI|CURRENT|HEAD|LAST|LATEST|SOURCE|SRC|VCS)?_?(?:(?:GIT|GITHUB|VCS)_?(?:COMMIT_?)?(?:SHORT_?)?(?:SHA1?|HASH|COMMIT|REVISION|REV|HEAD|DESCRIBE)(?:_?(?:SHA1?|HASH|ID|SHORT))?|COMMIT(?:_?(?:SHA1?|HASH|ID|SHORT|DATE|TIME|TIMESTAMP))?|SHORT_?(?:SHA1?|COMMIT|HASH))$|^(?:GIT_?)?COMMIT_?(?:SHORT_?SHA1?|DATE|TIME|TIMESTAMP)$|^VCS_?REF$|^(?:BUILD|HEAD)_?(?:SHA1?|REVISION|VCS_?REF)$/;
const buildName =
  /^(?:APP|DOCKER|IMAGE|CI)?_?BUILD_?(?:DATE|TIME|DATE_?TIME|TIME_?STAMP|EPOCH|NUMBER|NUM|ID)$|^(?:BUILT_?AT|BUILD_?CREATED|IMAGE_?CREATED|TIME_?STAMP|CURRENT_?(?:DATE|TIME)|RUN_?(?:ID|NUMBER)|GITHUB_?RUN_?(?:ID|NUMBER))$/;
const bustName =
  /^(?:.*_)?(?:CACHE_?(?:BUST(?:ER|ING)?|BREAK(?:ER)?|DATE|INVALIDAT(?:E|ION|OR))|BUST_?(?:THE_?)?CACHE|(?:BREAK|INVALIDATE)_?CACHE|FORCE_?REBUILD)$/;

/** Whether an argument is called as one that is there to make steps run again (`CACHEBUST`). */
export function isBustName(name: string): boolean {
  return bustName.test(name.toUpperCase());
}

/** How often a value changes by the name it is given (`GIT_SHA`, `BUILD_DATE`); undefined where the name does not say. */
export function changesByName(name: string): Changes | undefined {
  const upper = name.toUpperCase();
  if (commitVariables.has(upper) || commitName.test(upper)) return 'commit';
  return buildVariables.has(upper) || buildName.test(upper) || bustName.test(upper) ? 'build' : undefined;
}

/** How often the value of a variable of some CI system's environment changes. */
export function changesInCi(name: string): Changes | undefined {
  const upper = name.toUpperCase();
  if (commitVariables.has(upper)) return 'commit';
  return buildVariables.has(upper) ? 'build' : undefined;
}

/** What stands in `$(…)` and between backticks, the outermost ones. */
function substitutions(text: string): readonly string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text.startsWith('$((', at)) continue;
    if (text.startsWith('$(', at)) {
      let depth = 1;
      let end = at + 2;
      for (; end < text.length && depth > 0; end++) {
        if (text[end] === '(') depth++;
        if (text[end] === ')') depth--;
      }
      out.push(text.slice(at + 2, depth === 0 ? end - 1 : end));
      at = end - 1;
    } else if (text[at] === '`') {
      const end = text.indexOf('`', at + 1);
      if (end < 0) break;
      out.push(text.slice(at + 1, end));
      at = end;
    }
  }
  return out;
}

/** Whether `words` (the arguments of a git command) speak of the present commit and of nothing else. */
function ofHead(words: readonly string[], mustName: boolean): boolean {
  const plain = words.filter((word) => !word.startsWith('-') && !/^\d+$/.test(word));
  if (words.includes('--')) return false;
  return plain.every((word) => /^["']?(?:HEAD|@)["']?$/.test(word)) && (!mustName || plain.length > 0);
}

function gitChanges(verb: string, words: readonly string[]): Changes | undefined {
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  switch (verb) {
    case 'rev-parse':
      return !has(/^--(?:abbrev-ref|show|git|is|symbolic|absolute|local)/) && ofHead(words, true)
        ? 'commit'
        : undefined;
    case 'describe':
      return !has(/^--(?:abbrev=0|exact-match|contains|all)$/) && ofHead(words, false) ? 'commit' : undefined;
    case 'log':
    case 'show': {
      const one = verb === 'show' || has(/^(?:-1|-n1?|--max-count=1)$/);
      const formatted = has(/^["']?--(?:format|pretty)/);
      return one && formatted && !has(/^--(?:tags|all|branches|merges)/) && ofHead(unquoted(words), false)
        ? 'commit'
        : undefined;
    }
    case 'rev-list':
      return has(/^(?:--count|-1|-n|--max-count=1)$/) && ofHead(words, true) ? 'commit' : undefined;
    default:
      return undefined;
  }
}

/** Without the words that a quoted format with blanks was cut into (`--format="%h %s"`). */
function unquoted(words: readonly string[]): readonly string[] {
  return words.filter((word) => !/%/.test(word));
}

function dateChanges(words: readonly string[]): Changes | undefined {
  // Of a file, or of a time that is given.
  if (words.some((word) => /^(?:-[a-zA-Z]*[rdfj]|--(?:reference|date|file)\b.*)$/.test(word)))
    return undefined;
  const format = words.join(' ').match(/\+(.*)$/)?.[1];
  return format === undefined || /%[-_0^#:]*[sSMHIklTcdejaAuwDFxXRrNGgn+]/.test(format.replace(/%[nt%]/g, ''))
    ? 'build'
    : undefined;
}

/** How often what a command line prints changes, as far as git, `date` and random numbers in it tell. */
function commandChanges(line: string): Changes | undefined {
  let found: Changes | undefined;
  for (const part of line.split(/\||;|&&|\n/)) {
    const command = part.replace(/^\s*(?:shell\s+|\(\s*)?(?:\w+=\S*\s+)*(?:command\s+|env\s+)?/, '').trim();
    const [program = '', ...rest] = command.split(/\s+/);
    const name = program.slice(program.lastIndexOf('/') + 1);
    if (name === 'git') {
      let at = 0;
      while (rest[at]?.startsWith('-') === true) {
        // Of another repository (`-C vendor/lib`) nobody knows how often it changes.
        if (rest[at] === '-C' && !/^["']?\.{1,2}(?:\/\.\.)*\/?["']?$|\$/.test(rest[at + 1] ?? ''))
          return found;
        at += /^-[Cc]$/.test(rest[at] ?? '') ? 2 : 1;
      }
      const words = rest.slice(at + 1).filter((word) => !/^\d?>/.test(word));
      found = oftener(found, gitChanges(rest[at] ?? '', words));
    } else if (name === 'date') found = oftener(found, dateChanges(rest.map((w) => w.replace(/["']/g, ''))));
    else if (name === 'uuidgen' || /\/dev\/u?random|random\/uuid/.test(command)) found = 'build';
  }
  return found;
}

const variable =
  /\$\{?([A-Za-z_]\w*)|\$\(([A-Za-z_][\w.]*)\)|(?<!\$)\{\{-?\s*(?:\.|env\.)?([A-Za-z_]\w*)\s*-?\}\}/g;

/** How often a text with `$VARIABLES`, `$(commands)` and make's or a task runner's variables changes. */
export function changesOf(text: string, known: Known): Changes | undefined {
  let found: Changes | undefined;
  for (const [, shell, make, task] of text.matchAll(variable)) {
    found = oftener(found, known(shell ?? make ?? task ?? '') ?? undefined);
  }
  for (const command of substitutions(text)) {
    const inner = known(command.trim());
    found = oftener(found, inner === undefined ? commandChanges(command) : (inner ?? undefined));
    for (const nested of substitutions(command)) found = oftener(found, commandChanges(nested));
  }
  return found;
}
