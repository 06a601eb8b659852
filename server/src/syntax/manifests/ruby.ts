/** What a Ruby file that Bundler evaluates reads of a project: a Gemfile, a gemspec, or what they load. Paths as written. */
export interface RubyReads {
  /** Files it reads, relative to its own folder, or (`fromStart`) to the folder Bundler runs in. */
  readonly files: readonly { readonly path: string; readonly fromStart: boolean }[];
  /** Ruby files it loads: relative to its own folder, with `.rb`. */
  readonly loads: readonly string[];
  /** Names given to `require`, which may lie in a folder of `loadPath`. */
  readonly requires: readonly string[];
  readonly loadPath: readonly string[];
  /** Folders of gems of the project, relative to the Gemfile. */
  readonly gems: readonly string[];
  /** It says `gemspec`; the folders of those. */
  readonly gemspecs: readonly string[];
  /** The first piece of code whose reading can't be known; undefined where there is none. */
  readonly code: string | undefined;
}

const LITERAL = `(?:"([^"\\\\#]*)"|'([^'\\\\]*)')`;

/** `text` without comments: what follows a `#` that is neither in quotes nor the start of an interpolation. */
function withoutComments(text: string): string {
  return text
    .replace(/^=begin\b[\s\S]*?^=end\b.*$/gm, '')
    .split('\n')
    .map((line) => {
      let quote = '';
      for (let i = 0; i < line.length; i++) {
        const c = line[i] ?? '';
        if (quote !== '') {
          if (c === '\\') i++;
          else if (c === quote) quote = '';
        } else if (c === '"' || c === "'" || c === '`') quote = c;
        else if (c === '#' && (i === 0 || /[\s,;(){}[\]]/.test(line[i - 1] ?? ''))) return line.slice(0, i);
      }
      return line;
    })
    .join('\n');
}

/** Expressions for a path beside the file itself, as plain text marked with `@/`. */
function withPlainPaths(text: string): string {
  const here = '(?:__dir__|File\\.dirname\\(__FILE__\\)|File\\.expand_path\\(__dir__\\))';
  const joined = new RegExp(
    `(?:File\\.join|File\\.expand_path)\\(\\s*${here}((?:\\s*,\\s*${LITERAL})*)\\s*\\)`,
    'g',
  );
  const expanded = new RegExp(`File\\.expand_path\\(\\s*${LITERAL}\\s*,\\s*(__FILE__|${here})\\s*\\)`, 'g');
  const inside = /"#\{__dir__\}\/([^"\\#]*)"/g;
  return text
    .replace(expanded, (_, a: string | undefined, b: string | undefined, base: string) => {
      const path = a ?? b ?? '';
      return `"@/${base === '__FILE__' ? path.replace(/^\.\.(\/|$)/, '') : path}"`;
    })
    .replace(joined, (_, list: string) => {
      const parts = [...list.matchAll(new RegExp(LITERAL, 'g'))].map((m) => m[1] ?? m[2] ?? '');
      return `"@/${parts.join('/')}"`;
    })
    .replace(inside, (_, path: string) => `"@/${path}"`);
}

/** Words by which Ruby code reads files, runs programs or loads more code. */
const RISKY =
  /\b(File|Dir|IO|Pathname|FileUtils|Open3|Kernel|YAML|JSON|Psych|DATA|Bundler|Etc|open|load|require|require_relative|autoload|eval|instance_eval|class_eval|eval_gemfile|system|exec|spawn|popen|fork|__dir__|__FILE__|plugin|gemspec|path|send|public_send)\b(?!\s*:[^:])|`|%x\b/;

/** In a gemspec these only make the list of the gem's files, which nothing of an install depends on. */
const LISTING =
  /(`git ls-files[^`]*`|%x[({[]\s*git ls-files[^)}\]]*[)}\]]|IO\.popen\(\s*%w\[git ls-files[^\]]*\][^)]*\)|(::)?Dir(\.glob)?\s*[([][^)\]]*[)\]]|Dir\.chdir\("@\/[^"]*"\)|File\.(directory|file|exist|exists)\?\s*\(?\s*\w+\s*\)?|File\.(basename|extname|dirname|join)\b|File\.expand_path\(f, "@\/"\)|"@\/")/g;

/** What stands in quotes is data, but for code in it. */
function withoutData(text: string): string {
  return text.replace(/"((?:[^"\\#]|\\.|#\{[^}]*\}|#(?!\{))*)"|'(?:[^'\\]|\\.)*'/g, (_, inside?: string) =>
    [...(inside ?? '').matchAll(/#\{([^}]*)\}/g)].map((m) => ` ${m[1]} `).join(''),
  );
}

/** Reads what `text` names. `gemspec`: it is a gemspec, whose list of files is left aside. */
export function parseRuby(text: string, gemspec: boolean): RubyReads {
  const files: { path: string; fromStart: boolean }[] = [];
  const loads: string[] = [];
  const requires: string[] = [];
  const loadPath: string[] = [];
  const gems: string[] = [];
  const gemspecs: string[] = [];
  let rest = withPlainPaths(withoutComments(text));
  const take = (pattern: string, use: (path: string) => void): void => {
    rest = rest.replace(new RegExp(pattern, 'gm'), (_, a: string | undefined, b: string | undefined) => {
      use(a ?? b ?? '');
      return '""';
    });
  };
  const own = (path: string): string => path.replace(/^@\//, '') || '.';
  const file = (path: string): void => {
    files.push({ path: own(path), fromStart: !path.startsWith('@/') });
  };
  const ruby = (path: string): string => (/\.rb$/.test(path) ? own(path) : `${own(path)}.rb`);
  take(
    `\\b(?:File|IO)\\.(?:read|exist\\?|exists\\?|file\\?|readlines|binread)\\s*\\(?\\s*${LITERAL}\\s*\\)?`,
    file,
  );
  take(`\\bruby\\s*\\(?\\s*(?:file:|:file\\s*=>)\\s*${LITERAL}`, file);
  take(`\\beval_gemfile\\s*\\(?\\s*${LITERAL}\\s*\\)?`, (path) => loads.push(own(path)));
  take(`\\brequire_relative\\s*\\(?\\s*${LITERAL}\\s*\\)?`, (path) => loads.push(ruby(path)));
  take(
    `(?:\\$:|\\$LOAD_PATH)\\s*(?:\\.(?:push|unshift|append|prepend)\\s*\\(?|<<)\\s*${LITERAL}\\s*\\)?`,
    (path) => loadPath.push(own(path)),
  );
  take(`^\\s*(?:lib|root|libdir)\\s*=\\s*"@/([^"]*)"`, (path) => loadPath.push(path || '.'));
  rest = rest.replace(/(?:\$:|\$LOAD_PATH)\.(?:unshift|push)\(?\s*(?:lib|root|libdir)\)?.*$/gm, '');
  take(`\\b(?:require|load)\\s*\\(?\\s*${LITERAL}\\s*\\)?`, (path) =>
    path.startsWith('@/') ? loads.push(ruby(path)) : requires.push(path),
  );
  if (gemspec) rest = rest.replace(LISTING, '""');
  else {
    rest = rest.replace(
      /^[ \t]*gemspec\b(?:[ \t]*\(?[ \t]*(.*))?$/gm,
      (line, options: string | undefined) => {
        const path = new RegExp(`(?:\\bpath:|:path\\s*=>)\\s*${LITERAL}`).exec(line);
        if (options !== undefined && /\bpath\b/.test(options) && path === null) return line;
        gemspecs.push(own(path?.[1] ?? path?.[2] ?? '.'));
        return '';
      },
    );
    take(`(?:\\bpath:|:path\\s*=>)\\s*${LITERAL}`, (path) => gems.push(own(path)));
    take(`^\\s*path\\s*\\(?\\s*${LITERAL}\\s*\\)?`, (path) => gems.push(own(path)));
    // A name that is only read: the options of `gem`.
    rest = rest.replace(/\b(require|glob|branch|tag|ref|git|github|source):/g, '');
    rest = rest.replace(/:(require|git|github|branch|tag|ref)\s*=>/g, '');
  }
  const code = RISKY.exec(withoutData(rest))?.[0];
  return {
    files,
    loads,
    requires,
    loadPath,
    gems,
    gemspecs,
    code: /\bpath:/.test(rest) ? (code ?? 'path') : code,
  };
}

/** The Gemfile in `text`, or a file it loads. */
export function parseGemfile(text: string): RubyReads {
  return parseRuby(text, false);
}

/** What an install of a gem of the project depends on beside its metadata. */
export interface Gemspec extends RubyReads {
  /** It may bring programs: those of these folders. */
  readonly programs: readonly string[];
  /** It compiles native code. */
  readonly extensions: boolean;
}

/** The gemspec in `text`. */
export function parseGemspec(text: string): Gemspec {
  const plain = withoutComments(text);
  const bindir = new RegExp(`\\.bindir\\s*=\\s*${LITERAL}`).exec(plain);
  const executables = /\.executables?\s*(=|<<)\s*(?!\[\s*\]|nil)/.test(plain);
  return {
    ...parseRuby(text, true),
    programs: executables ? [bindir?.[1] ?? bindir?.[2] ?? 'bin', 'exe'] : [],
    extensions: /\.extensions\s*(=|<<)\s*(?!\[\s*\])/.test(plain),
  };
}

/** What Plimsoll needs of a Gemfile.lock. */
export interface GemfileLock {
  readonly platforms: readonly string[];
  /** Folders of gems of the project. */
  readonly paths: readonly string[];
}

/** The Gemfile.lock in `text`; undefined where it lists nothing. */
export function parseGemfileLock(text: string): GemfileLock | undefined {
  const sections = text.replace(/\r\n/g, '\n').split(/^(?=[A-Z][A-Z ]*$)/m);
  const of = (name: string): string[] => sections.filter((s) => s.startsWith(`${name}\n`));
  if (of('DEPENDENCIES').length === 0) return undefined;
  return {
    platforms: of('PLATFORMS')
      .flatMap((s) =>
        s
          .split('\n')
          .slice(1)
          .map((l) => l.trim()),
      )
      .filter((l) => l !== ''),
    paths: of('PATH').flatMap((s) => /^ {2}remote: (.*)$/m.exec(s)?.[1] ?? []),
  };
}
