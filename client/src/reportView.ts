/** The type of the report's editor, in the manifest and between sessions. */
export const reportViewType = 'plimsoll.contextReport';
