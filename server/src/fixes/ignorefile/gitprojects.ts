import { argumentsOf, programOf, type StepCommand } from '../../sim/commands.js';
import { parentOf } from '../../sim/lineage.js';
import type { StageNode, Step } from '../../sim/model.js';
import { parsePackageJson } from '../../syntax/manifests/npm.js';
import type { BuildView } from './model.js';
import { filesNamed, type Survey, textIn } from './survey.js';

/** Tools that read the repository when a project is built, by the programs that build it. */
interface Reader {
  readonly program: RegExp;
  /** Subcommands that build; left out: any. */
  readonly verb?: RegExp;
  /** Files that say which tools take part. */
  readonly files: RegExp;
  readonly names: RegExp;
  /** A manifest of which only the name is known may say anything. */
  readonly unknownCounts: boolean;
}

const readers: readonly Reader[] = [
  {
    program:
      /^(pip[0-9.]*|uv|poetry|pdm|hatch|flit|python[0-9.]*|pipx|tox|pyproject-build|maturin|conda|mamba)$/,
    files: /^(pyproject\.toml|setup\.cfg|setup\.py|pdm\.toml|hatch\.toml|_version\.py|versioneer\.py)$/,
    names:
      /setuptools[-_]scm|setuptools[-_]git|hatch-vcs|versioningit|dynamic[-_]versioning|dunamai|\bpbr\b|versioneer|flit[-_]scm|source\s*=\s*["'](scm|vcs)["']|miniver|vcs_versioning|hatch-regex-commit|gitpython|\bgit\s+(describe|rev-parse|log)|["']git["']\s*,/i,
    unknownCounts: true,
  },
  {
    program: /^(cargo|cross|trunk|wasm-pack|maturin|tauri|dx)$/,
    files: /^(Cargo\.toml|build\.rs)$/,
    names:
      /vergen|git[-_]version|git2|\bgix\b|\bgitcl\b|shadow-rs|\bbuilt\b\s*=|build-info|bugreport|git[-_]testament|["']git["']|\.git\b|rustc_version_runtime_git|built\s*=/,
    unknownCounts: true,
  },
  {
    program: /^(mvnw?|mvn)$/,
    files: /^(pom\.xml|extensions\.xml)$/,
    names:
      /git-commit-id|buildnumber-maven|jgitver|git-versioning|\bjgit\b|ratchetFrom|maven-git|gitflow-helper|git-build-hook|<executable>\s*git|reproducible.*scm|maven-scm-plugin|git-code-format/i,
    unknownCounts: true,
  },
  {
    program: /^gradlew?$/,
    files:
      /^((build|settings|init)\.gradle(\.kts)?|.*\.gradle(\.kts)?|libs\.versions\.toml|gradle\.properties)$/,
    names:
      /gradle-git|git-?properties|git-?version|grgit|\bjgit\b|axion-release|nebula[.-]|reckon|jgitver|["']git["']|"git |'git |git describe|semver-?git|palantir|spotless/i,
    unknownCounts: true,
  },
  {
    program: /^(dotnet|msbuild|nuke|cake)$/,
    verb: /^(build|publish|pack|msbuild|test|run|cake|nuke)$/,
    files: /(\.(cs|fs|vb)proj|\.(props|targets)|^version\.json|^GitVersion\.ya?ml|^\.config)$/,
    names: /GitVersion|Nerdbank|nbgv|MinVer|SourceLink|GitInfo|ThisAssembly|Exec [^>]*\bgit\b/i,
    unknownCounts: false,
  },
  {
    program: /^rebar3?$/,
    files: /(^rebar\.config|\.app\.src)$/,
    names: /\bgit\b/,
    unknownCounts: true,
  },
  {
    program: /^go$/,
    verb: /^generate$/,
    files: /\.go$/,
    names: /go:generate.*\bgit\b/,
    unknownCounts: false,
  },
  {
    program: /^(bundle|bundler|gem|rake)$/,
    files: /\.gemspec$/,
    names: /git\s+ls-files|\bgit\b/,
    unknownCounts: true,
  },
  {
    program: /^(mkdocs|sphinx-build|make|hugo|jekyll|bundle|zola|antora)$/,
    files: /^(mkdocs\.ya?ml|conf\.py|(hugo|config)\.(toml|ya?ml|json)|_config\.ya?ml|antora.*\.ya?ml)$/,
    names:
      /git-revision|git-authors|git-committers|sphinx[-_.]?git|last_updated_by_git|enableGitInfo|last-modified|git_/i,
    unknownCounts: false,
  },
];

/** npm packages that read the repository while they build, by name. */
const nodePackages =
  /(^|[/@-])git(-|$)|git-(rev|info|describe|repo|last|date|commit)|nodegit|simple-git|^@sentry\/(nextjs|cli|.*-plugin|sveltekit|nuxt|remix|astro|gatsby|react-router|tanstackstart.*)$|semantic-release|^@docusaurus\/core$|^(nextra|vitepress|vuepress|gatsby-transformer-gitinfo)$|^@astrojs\/starlight$|starlight|last-commit|^(lefthook|yorkie|ghooks|pre-commit)$|build-info|^ember-cli-app-version$|^lerna$|gitlog|@dendronhq|standard-version|release-it|@nx\/|^nx$/;
/** They name git in their own name only, or need no repository. */
const nodeHarmless = /^(@types\/|eslint|prettier|@octokit|@commitlint|@gitbeaker|gitignore|.*gitignore.*)/;

function nodeReason(survey: Survey): string | undefined {
  for (const path of filesNamed(survey, /^package\.json$/)) {
    const manifest = parsePackageJson(textIn(survey, path) ?? '');
    if (manifest === undefined) return `${path} can't be read`;
    const all = { ...manifest.devDependencies, ...manifest.dependencies, ...manifest.optionalDependencies };
    const found = Object.keys(all).find((name) => nodePackages.test(name) && !nodeHarmless.test(name));
    if (found !== undefined) return `${found} may read the repository`;
    // Up to version 6 its install script fails where there is no repository.
    const husky = /(\d+)/.exec(all.husky ?? '');
    if (husky !== null && Number(husky[1]) < 7) return 'husky wants a repository';
  }
  return undefined;
}

/** Whether `go build` here stamps the repository's state into the program: `auto` does, where git is installed. */
function goStamps(command: StepCommand, step: Step, node: StageNode, view: BuildView): boolean {
  const flags = `${argumentsOf(command).join(' ')} ${step.environment.get('GOFLAGS') ?? ''} ${command.assignments.map((a) => `${a.name}=${a.value?.value ?? ''}`).join(' ')}`;
  if (/-buildvcs=(false|0|f|F|FALSE|False)\b/.test(flags)) return false;
  if (/-buildvcs(=true|=1|\s|$)/.test(flags)) return true;
  return !lacksGit(node, view);
}

/** Whether a stage surely has no git: Go's own image on Alpine, to which no step adds it. */
function lacksGit(node: StageNode, view: BuildView): boolean {
  const { base } = node;
  const parent = parentOf(view.graph, node);
  const installs = node.steps.some(
    ({ instruction }) =>
      instruction.kind === 'RUN' &&
      /\bgit\b|build-base-git|alpine-sdk/.test(
        `${instruction.text}${instruction.heredocs.map((h) => h.body.text).join('')}`,
      ),
  );
  if (installs) return false;
  if (parent !== undefined) return lacksGit(parent, view);
  return (
    base.kind === 'image' &&
    /^(docker\.io\/)?(library\/)?golang:[\w.-]*alpine[\w.-]*(@.*)?$/.test(base.name ?? '')
  );
}

/** From version 8 on the SDK writes the commit into what it builds. */
function dotnetStamps(node: StageNode, view: BuildView): boolean {
  const { base } = node;
  const parent = parentOf(view.graph, node);
  if (parent !== undefined) return dotnetStamps(parent, view);
  const version =
    base.kind === 'image'
      ? /dotnet\/(?:core\/)?(?:nightly\/)?sdk:(\d+)/.exec(base.name ?? '')?.[1]
      : undefined;
  return version === undefined || Number(version) >= 8;
}

const goVerbs = new Set(['build', 'install', 'run']);
const nodePrograms = /^(npm|yarn|pnpm|bun|npx|pnpx|bunx|next|vite|webpack|ng|turbo|nx|lerna)$/;

/** Why a command that builds a project reads the repository, one phrase; undefined where nothing says so. */
export function buildsWithGit(
  command: StepCommand,
  step: Step,
  node: StageNode,
  view: BuildView,
  survey: Survey,
): string | undefined {
  const program = programOf(command);
  const args = argumentsOf(command);
  const verb = args.find((a) => !a.startsWith('-')) ?? '';
  if (args.some((a) => /^--(enableGitInfo|since|affected|changed)\b/.test(a)))
    return 'an option asks for the history';
  if (program === 'goreleaser' || program === 'git-cliff') return `${program} reads the repository`;
  if (program === 'go' && goVerbs.has(verb) && goStamps(command, step, node, view))
    return 'go build writes the commit into the program';
  if (program === 'dotnet' && /^(build|publish|pack|msbuild)$/.test(verb) && dotnetStamps(node, view))
    return 'the .NET SDK writes the commit into what it builds';
  if (nodePrograms.test(program)) return nodeReason(survey);
  if (/^composer(\.phar)?$/.test(program)) {
    const own = filesNamed(survey, /^composer\.json$/).some((path) =>
      /self\.version/.test(textIn(survey, path) ?? ''),
    );
    if (own) return "composer.json asks for the repository's version";
  }
  return readerReason(survey, (reader) => reader.program.test(program) && reader.verb?.test(verb) !== false);
}

/** Why a script that runs tools which build a project reads the repository. */
export function textBuildsWithGit(text: string, survey: Survey): string | undefined {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const words = new Set(
    lines.flatMap((line) => line.split(/[\s"'`()&|;@$]+/)).map((w) => w.replace(/^\.\//, '')),
  );
  const has = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  if (has(/\bgo["']?\s+(build|install)\b(?!.*-buildvcs=(false|0))/))
    return 'go build writes the commit into the program';
  if (has(/\bdotnet\s+(build|publish|pack|msbuild)\b/))
    return 'the .NET SDK writes the commit into what it builds';
  return readerReason(survey, (reader) => [...words].some((word) => reader.program.test(word)));
}

function readerReason(survey: Survey, asked: (reader: Reader) => boolean): string | undefined {
  for (const reader of readers.filter(asked)) {
    for (const path of filesNamed(survey, reader.files)) {
      const text = textIn(survey, path) ?? '';
      if (text === '' && reader.unknownCounts) return `${path} can't be read`;
      if (reader.names.test(text)) return `${path} names a tool that reads the repository`;
    }
  }
  return undefined;
}

/** Whether Composer, which writes the commit into its list of packages, runs in a stage that is built. */
export function recordsCommit(command: StepCommand): boolean {
  return /^composer(\.phar)?$/.test(programOf(command));
}
