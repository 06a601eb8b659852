import { stepsInLine } from '../../sim/lineage.js';
import type { Step } from '../../sim/model.js';
import { knowsCopyFlag } from '../../syntax/dockerfile/frontend.js';
import type { CopyInstruction } from '../../syntax/dockerfile/model.js';
import { dirName, isInside } from '../../text/paths.js';
import { span } from '../../text/span.js';
import { dockerfileRule } from '../rule.js';

/** Folders that are links on many images, or whose mode is not the one a new folder gets: `--link` would replace them. */
const special =
  /^\/(?:$|(?:bin|sbin|lib\w*|tmp|root|home|run|dev|proc|sys|var|usr\/(?:sbin|lib64|tmp))(?:\/|$))/;

function hasFlag({ flags }: CopyInstruction, name: string): boolean {
  return flags.some((flag) => flag.name === name);
}

/** The absolute folder a copy writes into; undefined where it is not written out, or is no plain folder of the image. */
function plainDestination({ destination }: CopyInstruction): string | undefined {
  const written = destination?.value ?? '';
  if (!written.startsWith('/') || written.includes('$') || special.test(written)) return undefined;
  const folder = written.endsWith('/') ? written.slice(0, -1) : dirName(written);
  return special.test(folder) || special.test(`${folder}/`) ? undefined : written;
}

function isRelative({
  destination,
}: {
  readonly destination: { readonly value: string } | undefined;
}): boolean {
  return !(destination?.value ?? '').startsWith('/');
}

/** Whether something before may have made the destination's folders another way than a copy would: owner, mode, links. */
function mayBeSpecial(before: readonly Step[], destination: string): boolean {
  const top = `/${destination.split('/')[1] ?? ''}`;
  return before.some(({ instruction, workdir, user }) => {
    if (instruction.kind === 'RUN')
      return instruction.text.includes(top) || (workdir !== undefined && isInside(top, workdir));
    if (instruction.kind === 'COPY' || instruction.kind === 'ADD') {
      const isOwn = instruction.flags.some(({ name }) => name === 'chown' || name === 'chmod');
      return isOwn && (instruction.destination?.value.startsWith(top) !== false || isRelative(instruction));
    }
    const owned = user !== undefined && !/^(?:root|0)(?::|$)/.test(user);
    return instruction.kind === 'WORKDIR' && owned;
  });
}

function findable(copy: CopyInstruction): boolean {
  const owner = copy.flags.find(({ name }) => name === 'chown')?.value;
  // With --chmod BuildKit makes no layer of its own of it (tried with 0.33).
  const plain = copy.heredocs.length === 0 && !hasFlag(copy, 'link') && !hasFlag(copy, 'chmod');
  return (
    copy.kind === 'COPY' &&
    copy.from !== undefined &&
    plain &&
    (owner === undefined || /^\d+(?::\d+)?$/.test(owner))
  );
}

/** A copy of an artefact waits for, and falls with, all that stands above it in the stage unless it is a layer of its own. */
export default dockerfileRule(
  {
    id: 'link-missing',
    severity: 'hint',
    profile: 'thorough',
    since: '0.1.0',
    fixes: 'always',
    summary: 'An artefact is copied again whenever an earlier step of the stage runs again.',
  },
  function* ({ path, dockerfile, graph }) {
    const { target } = graph;
    if (target === undefined || !knowsCopyFlag(dockerfile, 'link')) return;
    const chain = stepsInLine(graph, target);
    for (const [index, step] of chain.entries()) {
      const copy = step.instruction;
      if (step.stage !== target.stage.index || copy.kind !== 'COPY' || !findable(copy)) continue;
      const destination = plainDestination(copy);
      const before = chain.slice(0, index);
      const changing = before.find(
        ({ instruction: { kind } }) => kind === 'RUN' || kind === 'COPY' || kind === 'ADD',
      );
      // A later RUN sees all files at once: it runs again whether the copy does or not.
      const used = chain.slice(index + 1).some(({ instruction }) => instruction.kind === 'RUN');
      if (destination === undefined || changing === undefined || used || mayBeSpecial(before, destination))
        continue;
      const end = copy.keywordSpan.end;
      yield {
        at: copy.span,
        message: 'This copy runs again whenever a step above it does, though it needs nothing of them.',
        related: [{ at: changing.instruction.span, message: 'A change here runs it again.' }],
        pays: [step],
        fixes: [
          {
            title: 'Add --link: the copy becomes a layer of its own',
            applicability: 'unsafe',
            changes: () => [{ kind: 'edit', path, edits: [{ span: span(end, end), newText: ' --link' }] }],
          },
        ],
      };
    }
  },
);
