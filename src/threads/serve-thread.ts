import { parentPort } from 'node:worker_threads';

import { messageOf } from '../message-of.js';
import type { ThreadAnswer, ThreadCall } from './thread-messages.js';

/**
 * Answers what is asked of this thread, for as long as it is there.
 * @param begin - makes what answers a request: called once. Where it throws, the thread says so, and answers nothing
 * @throws Error where this is no thread of its own
 */
export function serveThread<Request, Answer>(begin: () => (request: Request) => Answer | Promise<Answer>): void {
  const port = parentPort;
  if (port === null) throw new Error('this module is to be run in a thread of its own');
  const say = (answer: ThreadAnswer<Answer | undefined>): void => port.postMessage(answer);
  try {
    const answer = begin();
    port.on('message', ({ no, request }: ThreadCall<Request>) => {
      void attempt(answer, request).then((result) => say({ no, ...result }));
    });
    say({ no: 0, value: undefined });
  } catch (error) {
    say({ no: 0, error: messageOf(error) });
  }
}

async function attempt<Request, Answer>(
  answer: (request: Request) => Answer | Promise<Answer>,
  request: Request,
): Promise<{ value: Answer } | { error: string }> {
  try {
    return { value: await answer(request) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
