/** Characters of a log that are kept; what comes after is followed but not kept. */
const most = 32_000_000;

/** What docker writes while it builds, followed line by line, under `--progress=rawjson` or `plain`. */
export interface BuildOutput {
  line(text: string): void;
  /** What the log says about steps; what the steps themselves wrote is left out. */
  log(): string;
  /** Whether a step of the Dockerfile was reached, if only to find it in the cache. */
  reached(): boolean;
  /** What went wrong, one line: `[build 3/4] RUN make: make: *** No rule to make target`. Undefined where nothing did. */
  problem(): string | undefined;
  /** The last line that docker said in its own name. */
  lastWord(): string;
}

interface Vertex {
  name: string;
  lastLine: string;
}

const isStepName = (name: string): boolean => /^\[(?:[^\]]* )?\d+\/\d+\] /.test(name);

/** `step` hears the name of each step of the Dockerfile as it begins. */
export function createBuildOutput(step: (name: string) => void): BuildOutput {
  const kept: string[] = [];
  let size = 0;
  let reached = false;
  let failed: string | undefined;
  let error = '';
  let lastWord = '';
  const vertices = new Map<string, Vertex>();
  const vertex = (id: string): Vertex => {
    const known = vertices.get(id) ?? { name: '', lastLine: '' };
    vertices.set(id, known);
    return known;
  };
  const keep = (text: string): void => {
    if (size >= most) return;
    kept.push(text);
    size += text.length + 1;
  };
  const named = (id: string, name: string, begins: boolean): void => {
    vertex(id).name = name;
    if (!isStepName(name)) return;
    reached = true;
    if (begins) step(name);
  };
  const broke = (id: string, message: string): void => {
    failed ??= id;
    if (failed === id) error = message;
  };
  const heard = (id: string, text: string): void => {
    const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
    const last = lines.at(-1);
    if (last !== undefined) vertex(id).lastLine = last.trim();
  };
  const raw = (text: string): boolean => {
    const status = parseStatus(text);
    if (status === undefined) return false;
    for (const one of status.vertexes ?? []) {
      named(one.digest, one.name ?? '', one.started !== undefined && one.completed === undefined);
      if (one.error) broke(one.digest, one.error);
    }
    for (const { vertex: id, data } of status.logs ?? []) {
      heard(id, Buffer.from(data ?? '', 'base64').toString('utf8'));
    }
    const only = Object.keys(status).length === 1 && status.logs !== undefined;
    if (!only) keep(text);
    return true;
  };
  const plain = (text: string): void => {
    const [, id = '', rest = ''] = /^#(\d+) (.*)$/.exec(text) ?? [];
    const [, written] = /^\d+\.\d+ (.*)$/.exec(rest) ?? [];
    if (written !== undefined) {
      heard(id, written);
      return;
    }
    keep(text);
    if (id === '') {
      if (text.trim() !== '') lastWord = text.trim();
    } else if (rest.startsWith('ERROR: ')) broke(id, rest.slice('ERROR: '.length));
    else if (vertex(id).name === '' && rest.startsWith('[')) named(id, rest, true);
  };
  return {
    line(text) {
      if (!text.startsWith('{') || !raw(text)) plain(text);
    },
    log: () => `${kept.join('\n')}\n`,
    reached: () => reached,
    problem() {
      if (failed === undefined) return undefined;
      const { name, lastLine } = vertex(failed);
      return [name, lastLine === '' ? error : lastLine].filter((part) => part !== '').join(': ');
    },
    lastWord: () => lastWord,
  };
}

/** The part of a status that is looked at here. */
interface Status {
  readonly vertexes?: readonly {
    readonly digest: string;
    readonly name?: string;
    readonly started?: string;
    readonly completed?: string;
    readonly error?: string;
  }[];
  readonly logs?: readonly { readonly vertex: string; readonly data?: string }[];
}

function parseStatus(text: string): Status | undefined {
  try {
    return JSON.parse(text) as Status;
  } catch {
    return undefined;
  }
}
