/** Whether a text holds one of `names` as a word. */
export function namesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const [word] of text.matchAll(/[A-Za-z_]\w*/g)) if (names.has(word)) return true;
  return false;
}

/** Whether an instruction that is no RUN takes a variable of one of `names` into itself. */
export function takesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) if (names.has(name)) return true;
  return false;
}
