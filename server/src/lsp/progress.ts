import type { Connection, ProgressToken } from 'vscode-languageserver';
import { WorkDoneProgress } from 'vscode-languageserver';

/** Progress of a request, shown from the first report on. */
export interface Progress {
  report(message: string): void;
  end(): void;
}

type WorkDone =
  | { kind: 'begin'; title: string; cancellable: boolean; message: string }
  | { kind: 'report'; message: string }
  | { kind: 'end' };

/** Silent where the client gave no token. */
export function createProgress(
  connection: Connection,
  token: ProgressToken | undefined,
  title: string,
): Progress {
  let begun = false;
  const send = (value: Parameters<typeof connection.sendProgress<WorkDone>>[2]): void => {
    if (token !== undefined) void connection.sendProgress(WorkDoneProgress.type, token, value);
  };
  return {
    report(message) {
      send(begun ? { kind: 'report', message } : { kind: 'begin', title, cancellable: true, message });
      begun = true;
    },
    end() {
      if (begun) send({ kind: 'end' });
    },
  };
}
