import { isSeq, type Node } from 'yaml';
import type { StepValues, WrittenStep } from '../changing/workflow.js';
import type { YamlEntry, YamlReader } from '../yaml/nodes.js';

type Entries = ReadonlyMap<string, YamlEntry>;

function texts(node: Node | undefined, reader: YamlReader): Record<string, string> {
  const out: [string, string][] = [];
  for (const { key, value } of reader.entries(node).values()) {
    const plain = reader.plain(value);
    if (plain !== null && typeof plain !== 'object') out.push([key, String(plain)]);
  }
  return Object.fromEntries(out);
}

function textOf(entries: Entries, key: string, reader: YamlReader): string | undefined {
  const plain = reader.plain(entries.get(key)?.value);
  return typeof plain === 'string' ? plain : undefined;
}

function writtenSteps(list: Node | undefined, reader: YamlReader): readonly WrittenStep[] {
  if (!isSeq(list)) return [];
  return list.items.map((item) => {
    const step = reader.entries(item);
    return {
      id: textOf(step, 'id', reader),
      uses: textOf(step, 'uses', reader),
      run: textOf(step, 'run', reader),
    };
  });
}

/** What decides about values in a step of the job `key` (undefined: of a composite action). */
export function valuesOfStep(
  root: Entries,
  reader: YamlReader,
  key: string | undefined,
  step: Node | undefined,
): StepValues {
  const jobs = reader.entries(root.get('jobs')?.value);
  const job = reader.entries(key === undefined ? root.get('runs')?.value : jobs.get(key)?.value);
  const levels = [reader.entries(step).get('env')?.value, job.get('env')?.value, root.get('env')?.value];
  return {
    env: levels.map((level) => texts(level, reader)),
    steps: writtenSteps(job.get('steps')?.value, reader),
    outputs: (other, name) => {
      const entries = reader.entries(jobs.get(other)?.value);
      const value = texts(entries.get('outputs')?.value, reader)[name];
      return value === undefined
        ? undefined
        : { value, values: valuesOfStep(root, reader, other, undefined) };
    },
  };
}
