/** The types of the reports' editors, in the manifest and between sessions. */
export const contextViewType = 'plimsoll.contextReport';
export const impactViewType = 'plimsoll.impactReport';
