import type { Node, Picture, Report } from '../../client/src/views/model.js';
import type { ReportView } from '../../client/src/views/view.js';

/** A file of so many bytes, taken by the sources given. */
export function file(name: string, bytes: number, sources: readonly number[] = [0]): Node {
  return {
    name,
    folder: false,
    files: 1,
    bytes: Math.round(bytes),
    children: [],
    rest: { files: 0, bytes: 0 },
    sources,
  };
}

/** A folder with children, largest first, and what is too small to be named. */
export function folder(name: string, children: readonly Node[], rest = { files: 0, bytes: 0 }): Node {
  const sum = (of: 'files' | 'bytes'): number => children.reduce((total, one) => total + one[of], rest[of]);
  const sources = [...new Set(children.flatMap((one) => one.sources))].sort();
  return {
    name,
    folder: true,
    files: sum('files'),
    bytes: sum('bytes'),
    children: children.toSorted((a, b) => b.bytes - a.bytes),
    rest,
    sources,
  };
}

/** What a shop in Node sends that forgot its ignore file. */
export function shopTree(): Node {
  const packages = ['typescript', '@babel', 'webpack', 'core-js', 'lodash', 'date-fns', 'rxjs'];
  const modules = packages.map((name, i) =>
    folder(
      name,
      [
        file('index.js', 8e6 / (i + 1)),
        folder('lib', [file('all.js', 41e6 / (i + 1)), file('some.d.ts', 12e6 / (i + 1))]),
      ],
      { files: 40 * (i + 3), bytes: 3e6 },
    ),
  );
  return folder('', [
    folder('node_modules', modules, { files: 11_200, bytes: 61e6 }),
    folder('.git', [folder('objects', [folder('pack', [file('pack-1f.pack', 88e6)])])], {
      files: 120,
      bytes: 3e5,
    }),
    folder('data', [file('orders.csv', 52e6), file('customers.csv', 21e6)]),
    folder('docs', [file('manual.pdf', 9e6, []), file('plan.odt', 2e6, [])]),
    folder('src', [file('server.js', 48_000, [0, 1])], { files: 63, bytes: 310_000 }),
    file('package-lock.json', 612_000, [0, 2]),
    file('package.json', 1_800, [0, 2]),
    file('README.md', 12_000),
  ]);
}

const build: Report['build'] = {
  dockerfile: '/home/ann/shop/Dockerfile',
  context: '/home/ann/shop',
  ignoreFile: '/home/ann/shop/.dockerignore',
  target: null,
  args: {},
  source: 'compose.yaml services.web',
  why: 'compose.yaml builds it as service web',
  others: [],
};

/** A picture of a tree with everything that goes with it. */
export function pictureOf(tree: Node, report: Partial<Report> = {}): Picture {
  const { files, bytes } = tree;
  return {
    tree,
    lines: [5, 5, 3],
    report: {
      version: 1,
      build,
      loaded: true,
      errors: [],
      all: { files: files + 820, bytes: bytes + 61e6 },
      ignored: { files: 820, bytes: 61e6 },
      sent: { files, bytes, entries: files + 1204, wireBytes: bytes + files * 61, exact: true },
      copies: [
        {
          line: 3,
          stage: 'build',
          instruction: 'COPY package*.json ./',
          sources: [{ source: 'package*.json', files: 2, bytes: 613_800 }],
        },
        { line: 5, stage: 'build', instruction: 'COPY . .', sources: [{ source: '.', files, bytes }] },
      ],
      largest: [],
      unused: [{ path: 'docs', files: 2, bytes: 11e6 }],
      suggestedIgnore: [
        {
          pattern: '**/node_modules',
          files: 12_000,
          bytes: 260e6,
          reason: 'npm ci installs them again in line 5',
        },
        { pattern: '.git', files: 121, bytes: 88.3e6, reason: 'version control data; no step runs git' },
        { pattern: 'docs', files: 2, bytes: 11e6, reason: 'no step takes it' },
      ],
      explain: [],
      ...report,
    },
  };
}

/** The report of a picture as the editor would show it. */
export function viewOf(picture: Picture | null, more: Partial<ReportView> = {}): ReportView {
  return {
    dockerfile: 'shop/Dockerfile',
    picture,
    notes: [],
    thresholds: { noteAbove: 100e6, warnAbove: 500e6 },
    change: null,
    label: (path) => path.replace('/home/ann/', ''),
    ...more,
  };
}
