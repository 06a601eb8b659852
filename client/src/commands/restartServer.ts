import type { Session } from '../session.js';

/** Ends the server, if one runs, and starts a new one; the language status item shows how it goes. */
export function restartServer(session: Session): Promise<void> {
  return session.restart();
}
