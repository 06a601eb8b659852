/** A rule's name says the problem, never the remedy, and reads well after "ignore". */
const remedies =
  /^(?:no|not|use|prefer|require|avoid|disallow|enforce|always|never|must|should|add|remove|set|enable|disable|do|dont|check|ensure|force|allow|forbid|ban|limit|specify|pin|sort|order)-/;

/** What is wrong with a rule's name; undefined for a good one. */
export function nameComplaint(id: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(id)) return `"${id}" is not kebab case with at least two words`;
  if (remedies.test(id)) return `"${id}" names a remedy; name the problem, as after "ignore"`;
  if (/-rule$/.test(id)) return `"${id}" need not say that it is a rule`;
  return undefined;
}
