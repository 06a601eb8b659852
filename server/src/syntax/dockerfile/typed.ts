import {
  type MappedText,
  mappedBuilder,
  sliceMapped,
  spanToDocument,
  toDocument,
} from '../../text/mapped.js';
import { didYouMean } from '../../text/nearest.js';
import type { Problem } from '../problem.js';
import { unquoteWord } from './expand.js';
import { heredocWord } from './heredoc.js';
import type { Parts } from './instruction.js';
import type { CommandForm, Instruction, Mount, OtherInstruction, Word } from './model.js';
import { readMount } from './mount.js';
import { jsonWords, type Piece, splitAtSpace, splitQuoted, wordOf } from './words.js';

type Base = Omit<OtherInstruction, 'kind' | 'words'>;

const NO_FLAGS: readonly string[] = [];
/** Flags each instruction takes, those of the labs frontend too (BuildKit 0.33, `instructions/parse.go`). */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  FROM: ['platform'],
  RUN: ['mount', 'network', 'security', 'device'],
  COPY: ['from', 'chown', 'chmod', 'link', 'exclude', 'parents'],
  ADD: ['chown', 'chmod', 'link', 'keep-git-dir', 'checksum', 'unpack', 'exclude'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
  ARG: NO_FLAGS,
  CMD: NO_FLAGS,
  ENTRYPOINT: NO_FLAGS,
  ENV: NO_FLAGS,
  EXPOSE: NO_FLAGS,
  LABEL: NO_FLAGS,
  MAINTAINER: NO_FLAGS,
  ONBUILD: NO_FLAGS,
  SHELL: NO_FLAGS,
  STOPSIGNAL: NO_FLAGS,
  USER: NO_FLAGS,
  VOLUME: NO_FLAGS,
  WORKDIR: NO_FLAGS,
};

/** Whether `keyword` (upper case) is an instruction of Dockerfiles. */
export function isKnownKeyword(keyword: string): boolean {
  return Object.hasOwn(FLAGS, keyword);
}

function checkFlags(parts: Parts, problems: Problem[]): void {
  const known = FLAGS[parts.keyword];
  // ARG and STOPSIGNAL take any flag and make nothing of it.
  if (known === undefined || parts.keyword === 'ARG' || parts.keyword === 'STOPSIGNAL') return;
  for (const { flag } of parts.flags) {
    if (known.includes(flag.name)) continue;
    problems.push({ message: `${parts.keyword} has no flag --${flag.name}.`, span: flag.span });
  }
}

function quotedWords(parts: Parts): Word[] {
  return splitQuoted(parts.body.text, parts.escape).map((p) => wordOf(parts.body, p, parts.escape));
}

function spacedWords(parts: Parts): Word[] {
  return splitAtSpace(parts.body.text).map((p) => wordOf(parts.body, p, parts.escape));
}

function wholeBody(parts: Parts): Word | undefined {
  const { text } = parts.body;
  return text === '' ? undefined : wordOf(parts.body, { start: 0, end: text.length }, parts.escape);
}

/** The command line with its heredocs put back, as BuildKit hands it to the shell. */
function withHeredocs(body: MappedText, base: Base): MappedText {
  if (base.heredocs.length === 0) return body;
  const builder = mappedBuilder();
  body.starts.forEach((start, i) => {
    builder.add(body.text.slice(start, body.starts[i + 1] ?? body.text.length), body.origins[i] ?? 0);
  });
  let at = base.span.end;
  for (const heredoc of base.heredocs) {
    builder.add('\n', at);
    const { starts, origins, text } = heredoc.body;
    starts.forEach((start, i) => {
      builder.add(text.slice(start, starts[i + 1] ?? text.length), origins[i] ?? 0);
    });
    const end = heredoc.terminatorSpan?.end ?? heredoc.bodySpan.end;
    builder.add(heredoc.delimiter, end - heredoc.delimiter.length);
    at = end;
  }
  return builder.build();
}

function commandForm(base: Base, parts: Parts, problems: Problem[]): CommandForm {
  const json = jsonWords(parts.body);
  if (json.kind === 'strings') return { form: 'exec', exec: json.words, script: undefined };
  if (json.kind === 'mixed') refuseMixed(parts, problems);
  const only = base.heredocs[0];
  if (only !== undefined && heredocWord(parts.body.text) !== undefined) {
    const script = only.body.text.startsWith('#!') ? undefined : only.body;
    return { form: 'heredoc', exec: [], script };
  }
  return { form: 'shell', exec: [], script: withHeredocs(parts.body, base) };
}

function refuseMixed(parts: Parts, problems: Problem[]): void {
  problems.push({ message: 'A JSON array may hold strings only.', span: parts.span });
}

function from(base: Base, parts: Parts, problems: Problem[]): Instruction {
  const [image, as, alias, ...more] = spacedWords(parts);
  const named = as !== undefined && as.raw.toLowerCase() === 'as' && alias !== undefined;
  if (image === undefined || more.length > 0 || (as !== undefined && !named)) {
    problems.push({ message: 'FROM is written FROM IMAGE or FROM IMAGE AS NAME.', span: parts.span });
  } else if (named && !/^[a-z][a-z0-9-_.]*$/.test(alias.raw.toLowerCase())) {
    problems.push({ message: `${alias.raw} is no valid name for a stage.`, span: alias.span });
  }
  const platform = base.flags.findLast((f) => f.name === 'platform')?.value;
  return { ...base, kind: 'FROM', image, alias: named ? alias : undefined, platform };
}

function run(base: Base, parts: Parts, problems: Problem[]): Instruction {
  const mounts = parts.flags.flatMap((part): Mount[] => {
    if (part.flag.name !== 'mount') return [];
    const mount = readMount(parts.line, part);
    if (mount !== undefined) return [mount];
    problems.push({
      message: 'The value of --mount cannot be read: check its quotes.',
      span: part.flag.span,
    });
    return [];
  });
  return { ...base, ...commandForm(base, parts, problems), kind: 'RUN', mounts };
}

function copy(base: Base, parts: Parts, kind: 'COPY' | 'ADD', problems: Problem[]): Instruction {
  const json = jsonWords(parts.body);
  if (json.kind === 'mixed') refuseMixed(parts, problems);
  const words =
    json.kind === 'strings'
      ? json.words.map((w) => ({ ...w, value: unquoteWord(w.raw, parts.escape) }))
      : spacedWords(parts);
  const target = words.at(-1);
  if (words.length < 2) {
    problems.push({ message: `${kind} needs a source and a destination.`, span: parts.span });
  } else if (target !== undefined && heredocWord(target.raw) !== undefined) {
    problems.push({ message: `${kind} cannot copy to a heredoc.`, span: target.span });
  }
  return {
    ...base,
    kind,
    sources: words.slice(0, -1).filter((w) => heredocWord(w.raw) === undefined),
    destination: words.length < 2 ? undefined : target,
    from: base.flags.findLast((f) => f.name === 'from')?.value,
    json: json.kind === 'strings',
  };
}

function arg(base: Base, parts: Parts, problems: Problem[]): Instruction {
  const pieces = splitQuoted(parts.body.text, parts.escape);
  if (pieces.length === 0) problems.push({ message: 'ARG needs a name.', span: parts.span });
  const declarations = pieces.map((piece) => {
    const raw = parts.body.text.slice(piece.start, piece.end);
    const equals = raw.indexOf('=');
    const span = spanToDocument(parts.body, piece.start, piece.end);
    if (equals === 0) problems.push({ message: 'ARG needs a name before the =.', span });
    return {
      name: equals < 0 ? unquoteWord(raw, parts.escape) : unquoteWord(raw.slice(0, equals), parts.escape),
      value: equals < 0 ? undefined : valueWord(parts, { start: piece.start + equals + 1, end: piece.end }),
      span,
    };
  });
  return { ...base, kind: 'ARG', declarations };
}

/** The word after `=`, which may be empty and then stands just behind it. */
function valueWord(parts: Parts, piece: Piece): Word {
  if (piece.end > piece.start) return wordOf(parts.body, piece, parts.escape);
  const at = toDocument(parts.body, piece.start - 1) + 1;
  return { raw: '', value: '', span: { start: at, end: at } };
}

function env(base: Base, parts: Parts, problems: Problem[]): Instruction {
  const { text } = parts.body;
  const pieces = splitQuoted(text, parts.escape);
  const first = pieces[0];
  if (first !== undefined && !text.slice(first.start, first.end).includes('=')) {
    return { ...base, kind: 'ENV', pairs: spacedPair(parts, problems) };
  }
  if (first === undefined) problems.push({ message: 'ENV needs a name and a value.', span: parts.span });
  const pairs = pieces.flatMap((piece) => {
    const raw = text.slice(piece.start, piece.end);
    const equals = raw.indexOf('=');
    const span = spanToDocument(parts.body, piece.start, piece.end);
    if (equals === 0) problems.push({ message: 'ENV needs a name before the =.', span });
    if (equals < 0) {
      problems.push({ message: `There is no = in ${raw}: ENV is written NAME=VALUE.`, span });
      return [];
    }
    const value = valueWord(parts, { start: piece.start + equals + 1, end: piece.end });
    return [{ name: unquoteWord(raw.slice(0, equals), parts.escape), value, span }];
  });
  return { ...base, kind: 'ENV', pairs };
}

function checkLabel(parts: Parts, words: readonly Word[], problems: Problem[]): void {
  const [first, ...rest] = words;
  const message = 'LABEL is written NAME=VALUE.';
  if (first === undefined) problems.push({ message, span: parts.span });
  else if (!first.raw.includes('=')) {
    if (!/[\t\v\f\r ]/.test(parts.body.text)) problems.push({ message, span: first.span });
  } else {
    for (const word of rest) if (!word.raw.includes('=')) problems.push({ message, span: word.span });
  }
}

/** `ENV NAME all the rest`. */
function spacedPair(
  parts: Parts,
  problems: Problem[],
): { name: string; value: Word; span: { start: number; end: number } }[] {
  const { text } = parts.body;
  const blank = /[\t\v\f\r ]+/.exec(text);
  if (blank === null) {
    problems.push({ message: 'ENV needs a name and a value.', span: parts.span });
    return [];
  }
  const value = valueWord(parts, { start: blank.index + blank[0].length, end: text.length });
  const name = unquoteWord(text.slice(0, blank.index), parts.escape);
  return [{ name, value, span: spanToDocument(parts.body, 0, text.length) }];
}

function shell(base: Base, parts: Parts, problems: Problem[]): Instruction {
  const json = jsonWords(parts.body);
  if (json.kind === 'strings' && json.words.length > 0) {
    return { ...base, kind: 'SHELL', command: json.words.map((w) => w.value) };
  }
  problems.push({ message: 'SHELL needs the JSON form: ["program", "option"].', span: parts.span });
  return { ...base, kind: 'SHELL', command: undefined };
}

function single(base: Base, parts: Parts, kind: 'WORKDIR' | 'USER', problems: Problem[]): Instruction {
  const value = wholeBody(parts);
  if (value === undefined) problems.push({ message: `${kind} needs an argument.`, span: parts.span });
  return { ...base, kind, value };
}

/** The instruction `parts` describes, by its keyword. */
export function typedInstruction(base: Base, parts: Parts, problems: Problem[]): Instruction {
  checkFlags(parts, problems);
  switch (parts.keyword) {
    case 'FROM':
      return from(base, parts, problems);
    case 'RUN':
      return run(base, parts, problems);
    case 'CMD':
    case 'ENTRYPOINT':
      return { ...base, ...commandForm(base, parts, problems), kind: parts.keyword };
    case 'COPY':
    case 'ADD':
      return copy(base, parts, parts.keyword, problems);
    case 'ARG':
      return arg(base, parts, problems);
    case 'ENV':
      return env(base, parts, problems);
    case 'SHELL':
      return shell(base, parts, problems);
    case 'WORKDIR':
    case 'USER':
      return single(base, parts, parts.keyword, problems);
  }
  if (!isKnownKeyword(parts.keyword)) {
    const name = sliceMapped(parts.line, 0, parts.keyword.length).text;
    const hint = didYouMean(parts.keyword, Object.keys(FLAGS));
    problems.push({ message: `${name} is no instruction of a Dockerfile.${hint}`, span: parts.keywordSpan });
  }
  const words = quotedWords(parts);
  if (parts.keyword === 'LABEL') checkLabel(parts, words, problems);
  return { ...base, kind: 'OTHER', words };
}
