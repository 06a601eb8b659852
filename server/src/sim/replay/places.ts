/** Changed paths by name below a folder. */
interface Node {
  readonly children: Map<string, Node>;
  /** Of a file: commits that change it. */
  readonly commits: number;
  /** Something lies below, or may. */
  folder: boolean;
}

/** A folder with more in it than this is named as a whole … */
const mostInFolder = 8;
/** … but for the root: its folders are always told apart, and so many files, those that change most. */
const mostInRoot = 20;

function newNode(commits: number): Node {
  return { children: new Map(), commits, folder: false };
}

function grown(paths: ReadonlyMap<string, number>): Node {
  const root = newNode(0);
  root.folder = true;
  for (const [path, commits] of paths) {
    let at = root;
    for (const name of path.split('/')) {
      at.folder = true;
      if (name === '') break;
      const next = at.children.get(name) ?? newNode(commits);
      at.children.set(name, next);
      at = next;
    }
  }
  return root;
}

function onlyChild({ children }: Node): readonly [string, Node] | undefined {
  return children.size === 1 ? [...children][0] : undefined;
}

/** The file a node stands for where nothing else changed below it; undefined for folders in which several did. */
function onlyFile(path: string, node: Node): string | undefined {
  let at = node;
  let name = path;
  for (;;) {
    if (!at.folder) return name;
    const child = onlyChild(at);
    if (child === undefined) return undefined;
    name = `${name}/${child[0]}`;
    at = child[1];
  }
}

/**
 * Where changes lie, in words that say something: for each of `paths` (relative to the context, with the commits that change
 * it; one that ends in `/` is a folder) the name of a folder, ending in `/`, or of a file. Where all lie in one folder it is what lies in that, one level
 * deeper; a folder in which one file only changed is that file.
 */
export function placesOf(paths: ReadonlyMap<string, number>): (path: string) => string {
  let base = grown(paths);
  let folder = '';
  for (let child = onlyChild(base); child?.[1].folder; child = onlyChild(base)) {
    if (child[1].children.size === 0) break;
    folder += `${child[0]}/`;
    base = child[1];
  }
  const isRoot = folder === '';
  const isWhole = !isRoot && base.children.size > mostInFolder;
  const files = [...base.children].filter(([, node]) => !node.folder);
  const rare = isRoot ? files.sort(([, a], [, b]) => b.commits - a.commits).slice(mostInRoot) : [];
  const together = new Set(isWhole ? base.children.keys() : rare.map(([name]) => name));
  const names = new Map<string, string>();
  for (const [name, node] of base.children) {
    const path = folder + name;
    if (together.has(name)) names.set(name, isRoot ? './' : folder);
    else names.set(name, onlyFile(path, node) ?? `${path}/`);
  }
  return (path) => {
    const [name = ''] = path.slice(folder.length).split('/', 1);
    return names.get(name) ?? path;
  };
}
