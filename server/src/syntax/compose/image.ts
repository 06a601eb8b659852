/** An image reference in its parts. */
export interface ImageName {
  /** Host in front, undefined for Docker Hub. */
  readonly registry: string | undefined;
  /** Path without the registry: `library/postgres`, `postgis/postgis`. */
  readonly repository: string;
  readonly tag: string | undefined;
}

/** Reads `[registry/]path[:tag][@digest]` (grammar of distribution/reference, not checked for valid characters). */
export function imageName(reference: string): ImageName {
  const name = reference.trim().replace(/@[^@/]*$/, '');
  const [, path = name, tag] = /^(.*?)(?::([^/:]*))?$/s.exec(name) ?? [];
  const slash = path.indexOf('/');
  const first = slash < 0 ? '' : path.slice(0, slash);
  const isRegistry = /[.:]/.test(first) || first === 'localhost';
  return {
    registry: isRegistry ? first : undefined,
    repository: isRegistry ? path.slice(slash + 1) : path,
    tag,
  };
}
