import { dockerfileShape } from '../syntax/dockerfile/shape.js';
import { parseWorkflow } from '../syntax/workflow/parse.js';
import { baseName } from '../text/paths.js';

/** The files Plimsoll has something to say about. */
export type FileKind = 'dockerfile' | 'compose' | 'dockerignore' | 'workflow' | 'bake';

/** Why a file of ours is left alone. */
export type Skipped = 'template' | 'fragment' | 'too-large' | 'unreadable';

export interface Classified {
  /** Undefined for a file that is none of ours. */
  readonly kind: FileKind | undefined;
  readonly skipped: Skipped | null;
}

/** Longer texts (UTF-16 code units) are listed but not linted. */
export const maxTextLength = 1_000_000;

/** Extensions of files that only talk about a Dockerfile: `Dockerfile.md`, `dockerfile_test.go`, `Dockerfile.bak`. */
const otherFiles = new Set(
  (
    'md markdown rst txt adoc html htm css scss json jsonc yml yaml toml xml ini cfg conf csv lock log sum ' +
    'sh bash zsh ps1 bat cmd py pyc rb js mjs cjs jsx ts mts cts tsx go rs java kt c h cc cpp hpp cs fs php pl lua ' +
    'ex exs swift dart scala sql vim el snap patch diff rej orig bak old swp swo sig asc sha256 png svg jpg gif ' +
    'pdf zip gz tar tgz xz map tmlanguage snippets'
  ).split(' '),
);

const templateExtensions = new Set(
  'erb j2 jinja jinja2 tmpl tpl template mustache hbs handlebars ejs gotmpl in m4 liquid twig njk'.split(' '),
);

function extension(name: string): string {
  const at = name.lastIndexOf('.');
  return at < 0 ? '' : name.slice(at + 1).toLowerCase();
}

function isDockerfileName(name: string): boolean {
  if (/^(?:dockerfile|containerfile)$/i.test(name)) return true;
  if (/^.+\.(?:dockerfile|containerfile)$/i.test(name)) return true;
  if (/^.+\.dockerfile\.[a-z0-9]+$/i.test(name)) return templateExtensions.has(extension(name));
  return (
    /^(?:dockerfile|containerfile)[._-].+$/i.test(name) &&
    !otherFiles.has(extension(name)) &&
    !name.endsWith('~')
  );
}

/** Names that Compose itself looks for, and the usual variants with one more part. */
const composeName = /^(?:docker-|podman-)?compose(?:\..+)?\.ya?ml$/i;
/** Names that make a compose file likely; the content decides. */
const composeLike = /^(?:.*(?:docker|podman).*compose.*|compose[._-].+|.+[._-]compose)\.ya?ml$/i;
const topLevelServices = /^(?:services|include)[ \t]*:/m;

/**
 * What the name of a file says: its kind, `devcontainer` or `config` for files read only to understand others, undefined
 * for all else. A name is a first guess: `classify` decides with the text.
 */
export function classifyName(path: string): FileKind | 'devcontainer' | 'config' | undefined {
  const name = baseName(path);
  const lower = name.toLowerCase();
  if (lower.endsWith('.dockerignore')) return 'dockerignore';
  if (lower === '.plimsoll.yaml') return 'config';
  if (lower === 'devcontainer.json' || lower === '.devcontainer.json') return 'devcontainer';
  if (isDockerfileName(name)) return 'dockerfile';
  if (/^docker-bake(?:\..+)?\.(?:json|hcl)$/.test(lower)) return 'bake';
  if (!/\.ya?ml$/.test(lower)) return undefined;
  if (/(?:^|\/)\.github\/workflows\/[^/]+$/i.test(path) || /^action\.ya?ml$/.test(lower)) return 'workflow';
  return composeName.test(name) || composeLike.test(name) ? 'compose' : undefined;
}

/** Words one of which stands in every step that builds an image: most workflows need no closer look. */
const imageWords = /docker|depot|buildah|kaniko|devcontainers/i;

/** Builds behind a script or a called workflow, which only the words around them tell: all expressions of a row. */
const hiddenBuilds: readonly (readonly RegExp[])[] = [
  // ./project-docker build
  [/^[ \t]*(?:-[ \t]*)?(?:run:[ \t]*)?[\w./-]{0,80}docker[\w.-]{0,40}[ \t]+build\b/m],
  // A step "Build … image" that runs a script.
  [
    /^[ \t]*-[ \t]*name:.{0,60}\bbuild\b.{0,60}\bimages?\b.{0,60}\n(?:[ \t]+(?!-[ \t]).{0,300}\n){0,5}?[ \t]+run:/im,
  ],
  // A workflow that is about building images and calls another one.
  [/^name:.{0,80}\b(?:docker|container|images?)\b/im, /^[ \t]+uses:[ \t]*\.\/\.github\/workflows\//m],
];

function buildsImages(text: string): boolean {
  if (!imageWords.test(text)) return false;
  return parseWorkflow(text).buildsImages || hiddenBuilds.some((all) => all.every((one) => one.test(text)));
}

/** Marks without which a text is no template; with a FROM it is then a plain Dockerfile, and need not be parsed here. */
const templateMarks = /\{\{|\{%|<%|%%/;

function shapeOf(path: string, text: string): Skipped | null {
  if (templateExtensions.has(extension(path))) return 'template';
  const isTemplate = templateMarks.test(text);
  const hasFrom = /^[ \t\uFEFF]*FROM[ \t]/im.test(text);
  if (hasFrom && !isTemplate) return null;
  const shape = dockerfileShape(text);
  if (shape === 'template' || (shape === 'fragment' && isTemplate)) return 'template';
  // Comments or settings alone are no file that can be built, an empty one is about to become one.
  return shape === 'fragment' || (!hasFrom && text.trim() !== '') ? 'fragment' : null;
}

/** What a file is by its path and text, and whether it is to be left alone. Never throws. */
export function classify(path: string, text: string): Classified {
  const kind = classifyName(path);
  if (kind === undefined || kind === 'devcontainer' || kind === 'config') {
    return { kind: undefined, skipped: null };
  }
  const skipped = text.length > maxTextLength ? 'too-large' : null;
  switch (kind) {
    case 'dockerfile':
      return { kind, skipped: skipped ?? shapeOf(path, text) };
    case 'compose':
      return composeName.test(baseName(path)) || topLevelServices.test(text)
        ? { kind, skipped }
        : { kind: undefined, skipped: null };
    case 'workflow':
      return buildsImages(text) ? { kind, skipped } : { kind: undefined, skipped: null };
    default:
      return { kind, skipped };
  }
}
