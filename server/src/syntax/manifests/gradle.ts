/** What a settings or build script of Gradle names. Paths as written. */
export interface GradleScript {
  /** Projects by their folder: `include ':a:b'` is `a/b`. */
  readonly projects: readonly string[];
  /** Folders of builds that are included whole. */
  readonly builds: readonly string[];
  /** Scripts and version catalogs that it loads, relative to its own folder. */
  readonly loads: readonly string[];
  /** The first piece of code whose reading can't be known; undefined where there is none. */
  readonly code: string | undefined;
}

const LITERAL = `(?:"([^"\\\\$]*)"|'([^'\\\\$]*)')`;

/** Words by which a script reads files, runs programs, or does more than declare. */
const CODE =
  /\b(file|files|fileTree|zipTree|tarTree|File|Files|Path|Paths|exec|javaexec|execute|ant|doLast|doFirst|rootDir|projectDir|buildDir|rootProject|readText|readLines|text|git\w*|process|Runtime|ProcessBuilder|providers|layout|evaluationDependsOn|evaluate|load|URL|URI|uri|new|apply\s*\(?\s*from|includeFlat|projectDirectory|flatDir|fileProperty|Properties|afterEvaluate|beforeEvaluate|gradle\.\w+|System\.\w+)\b/;

function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|\/\/.*$/gm, (part) =>
    part.startsWith('/') ? '' : part,
  );
}

/** The script in `text`, Groovy or Kotlin. */
export function parseGradle(text: string): GradleScript {
  const projects: string[] = [];
  const builds: string[] = [];
  const loads: string[] = [];
  let rest = withoutComments(text);
  const literals = (list: string): string[] =>
    [...list.matchAll(new RegExp(LITERAL, 'g'))].map((m) => m[1] ?? m[2] ?? '');
  const take = (pattern: string, use: (list: string[]) => void): void => {
    rest = rest.replace(new RegExp(pattern, 'gm'), (all) => {
      use(literals(all));
      return '';
    });
  };
  take(`\\bincludeBuild\\s*\\(?\\s*${LITERAL}\\s*\\)?`, (list) => builds.push(...list));
  take(`\\binclude\\s*\\(?\\s*${LITERAL}(?:\\s*,\\s*${LITERAL})*\\s*,?\\s*\\)?`, (list) =>
    projects.push(...list.map((name) => name.replace(/^:/, '').replace(/:/g, '/'))),
  );
  take(`\\bapply\\s*\\(?\\s*from\\s*[:=]\\s*${LITERAL}\\s*\\)?`, (list) => loads.push(...list));
  take(`\\bfrom\\s*\\(?\\s*files\\s*\\(\\s*${LITERAL}\\s*\\)\\s*\\)?`, (list) => loads.push(...list));
  rest = rest.replace(/\brootProject\.name\b/g, '');
  // What stands in plain quotes is data.
  const code = CODE.exec(rest.replace(new RegExp(LITERAL, 'g'), "''"))?.[0];
  return { projects, builds, loads, code: code ?? (/\binclude\b/.test(rest) ? 'include' : undefined) };
}
