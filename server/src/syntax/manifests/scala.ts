/** What Plimsoll needs of the sources of an sbt build, as far as it can be told without running them. */
export interface SbtBuild {
  /** Folders of its projects, as written. */
  readonly folders: readonly string[];
  /** A call that reads what can't be told. */
  readonly unknown: string | undefined;
}

const UNKNOWN =
  /\b(IO\.(read\w*|list\w*)|Source\.from\w+|RootProject|ProjectRef|Files\.\w+|sys\.process|Process)\b|\.(listFiles|!!)/;

/** The build in `text`, a .sbt or .scala file. */
export function parseSbt(text: string): SbtBuild {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  const named = [...code.matchAll(/\bfile\(\s*"([^"]+)"\s*\)/g)].flatMap(([, at]) => at ?? []);
  // `lazy val core = project` lies in a folder of its own name.
  const own = [
    ...code.matchAll(/\bval\s+`?([\w-]+)`?\s*=\s*\(?\s*(?:crossProject\b|project\b(?!\s*(?:\.\s*)?in\b))/g),
  ];
  return {
    folders: [...new Set([...named, ...own.flatMap(([, name]) => name ?? [])])],
    unknown: UNKNOWN.exec(code)?.[0],
  };
}
