import type { MessagePort } from 'node:worker_threads';
import type { FromHistory, ToHistory } from './historymessages.js';
import { createHistoryService, type HistoryServiceOptions } from './historyservice.js';

/** Answers what `port` asks. */
export function serveHistory(port: MessagePort, options: HistoryServiceOptions): void {
  const service = createHistoryService(options);
  const running = new Map<number, AbortController>();
  const say = (message: FromHistory): void => port.postMessage(message);
  const answer = async ({ id, question, program }: ToHistory & { kind: 'ask' }): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const { signal } = controller;
      const found =
        question.kind === 'history'
          ? await service.run(question.query, program, signal)
          : await service.compare(question.query, program, signal);
      say({ kind: 'done', id, answer: found });
    } catch (error) {
      if (!controller.signal.aborted) {
        say({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
      }
    } finally {
      running.delete(id);
    }
  };
  port.on('message', (told: ToHistory) => {
    if (told.kind === 'ask') void answer(told);
    else if (told.kind === 'cancel') running.get(told.id)?.abort();
    else {
      for (const controller of running.values()) controller.abort();
      port.close();
    }
  });
}
