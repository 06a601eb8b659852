import { interpolate, type Lookup } from './interpolate.js';

/** The variables a `.env` file sets, later lines over earlier ones; a value that depends on an unknown variable is left out. */
export function parseDotenv(text: string, outer: Lookup = () => undefined): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const lookup: Lookup = (name) => out.get(name) ?? outer(name);
  const line =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\r\n]*?))[ \t]*(?:[ \t]#.*)?\r?$/gm;
  for (const [, name = '', single, double, plain] of text.replace(/^\uFEFF/, '').matchAll(line)) {
    const written =
      double?.replace(/\\n/g, '\n').replace(/\\(["\\])/g, '$1') ?? plain?.replace(/^#.*$|\s#.*$/, '') ?? '';
    const value = single ?? interpolate(written, lookup).value;
    if (value === undefined) out.delete(name);
    else out.set(name, value);
  }
  return out;
}
