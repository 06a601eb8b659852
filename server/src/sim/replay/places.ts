/** Changed paths by name below a folder. */
interface Node {
  readonly children: Map<string, Node>;
  /** Something lies below, or may. */
  folder: boolean;
}

/** A folder with more in it than this is named as a whole … */
const mostInFolder = 8;
/** … but for the root: its folders are always told apart, and so many files. */
const mostInRoot = 20;

function newNode(): Node {
  return { children: new Map(), folder: false };
}

function grown(paths: Iterable<string>): Node {
  const root = newNode();
  root.folder = true;
  for (const path of paths) {
    let at = root;
    for (const name of path.split('/')) {
      at.folder = true;
      if (name === '') break;
      const next = at.children.get(name) ?? newNode();
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
 * Where changes lie, in words that say something: for each of `paths` (relative to the context; one that ends in `/` is a
 * folder) the name of a folder, ending in `/`, or of a file. Where all lie in one folder it is what lies in that, one level
 * deeper; a folder in which one file only changed is that file.
 */
export function placesOf(paths: Iterable<string>): (path: string) => string {
  let base = grown(paths);
  let folder = '';
  for (let child = onlyChild(base); child?.[1].folder; child = onlyChild(base)) {
    if (child[1].children.size === 0) break;
    folder += `${child[0]}/`;
    base = child[1];
  }
  const files = [...base.children.values()].filter((node) => !node.folder).length;
  const together = folder === '' ? files > mostInRoot : base.children.size > mostInFolder;
  const names = new Map<string, string>();
  for (const [name, node] of base.children) {
    if (together && (folder !== '' || !node.folder)) names.set(name, folder === '' ? './' : folder);
    else {
      const path = folder + name;
      names.set(name, onlyFile(path, node) ?? `${path}/`);
    }
  }
  return (path) => {
    const [name = ''] = path.slice(folder.length).split('/', 1);
    return names.get(name) ?? path;
  };
}
