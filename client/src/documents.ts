import type { DocumentFilter, TextDocument } from 'vscode';

/**
 * The documents the server is told of. Whether it reads one is its own decision, by path and content: names such as
 * `Dockerfile_amd` have no language of their own, and a compose file may arrive as YAML. No scheme is named: beside
 * `file`, untitled documents and virtual file systems get what one text alone can tell.
 */
export const selector: DocumentFilter[] = [
  { language: 'dockerfile' },
  { language: 'dockercompose' },
  { language: 'ignore', pattern: '**/{.dockerignore,*.dockerignore}' },
  { pattern: '**/*{Dockerfile,Containerfile,dockerfile,containerfile}*' },
  { language: 'yaml', pattern: '**/{compose,docker-compose,*docker*compose*,*compose.*}*.{yml,yaml}' },
  { language: 'yaml', pattern: '**/.github/workflows/*.{yml,yaml}' },
  { language: 'yaml', pattern: '**/action.{yml,yaml}' },
  { pattern: '**/*docker-bake*.json' },
  { pattern: '**/{devcontainer,.devcontainer}.json' },
  { pattern: '**/.plimsoll.{yml,yaml}' },
];

/** Files the server never complains about but reads for others: their unsaved text counts too. */
const read: DocumentFilter[] = [
  { scheme: 'file', pattern: '**/{package.json,pyproject.toml,composer.json,requirements*.txt,.npmrc,.env}' },
];

/** Everything whose text is sent to the server. */
export const synchronised: DocumentFilter[] = [...selector, ...read];

const names =
  /(?:^|[/\\])(?:[^/\\]*(?:docker|container)file[^/\\]*|[^/\\]*\.dockerignore|[^/\\]*compose[^/\\]*\.ya?ml|action\.ya?ml|[^/\\]*docker-bake[^/\\]*\.json|\.?devcontainer\.json|\.plimsoll\.ya?ml|\.github[/\\]workflows[/\\][^/\\]+\.ya?ml)$/i;

/** Whether a document is a reason to start the server. Costs microseconds: it is asked for every document opened. */
export function qualifies(document: Pick<TextDocument, 'languageId' | 'uri'>): boolean {
  const { languageId, uri } = document;
  return languageId === 'dockerfile' || languageId === 'dockercompose' || names.test(uri.path);
}
