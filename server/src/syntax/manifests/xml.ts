import { parseXml, XmlElement } from '@rgrove/parse-xml';

export type { XmlElement } from '@rgrove/parse-xml';

/** The root element of an XML text; undefined where it is not well-formed. */
export function parseXmlRoot(text: string): XmlElement | undefined {
  try {
    return (
      parseXml(text.replace(/^\uFEFF/, '').trimStart(), { ignoreUndefinedEntities: true }).root ?? undefined
    );
  } catch {
    return undefined;
  }
}

/** The elements right inside `element`, in order; those called `name` where it is given. */
export function childrenOf(element: XmlElement | undefined, name?: string): XmlElement[] {
  return (element?.children ?? []).filter(
    (child): child is XmlElement =>
      child instanceof XmlElement && (name === undefined || child.name === name),
  );
}

/** The elements reached by following `names` from `element`. */
export function descend(element: XmlElement | undefined, ...names: string[]): XmlElement[] {
  let at = element === undefined ? [] : [element];
  for (const name of names) at = at.flatMap((parent) => childrenOf(parent, name));
  return at;
}

/** All elements below `element` called `name`, at any depth. */
export function allBelow(element: XmlElement | undefined, name: string): XmlElement[] {
  return childrenOf(element).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...allBelow(child, name),
  ]);
}

/** The text of the first child called `name`, trimmed; undefined where there is none. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childrenOf(element, name)[0]?.text.trim();
}
