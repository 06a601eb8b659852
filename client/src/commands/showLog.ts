import type { Session } from '../session.js';

/** Opens the log. Starts no server: someone who looks for a reason may be looking for why it does not start. */
export async function showLog(session: Session): Promise<void> {
  session.log().show();
}
