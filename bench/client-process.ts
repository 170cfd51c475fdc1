import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientSetup } from './client.js';
import type { Round, RoundOrder, Streamed, StreamOrder } from './round.js';

const program = fileURLToPath(new URL('client.ts', import.meta.url));

/** A client in a process of its own, so that its CPU can be told from everybody else's. */
export interface ClientProcess {
  run(order: RoundOrder): Promise<Round>;
  stream(order: StreamOrder): Promise<Streamed>;
  stop(): Promise<void>;
}

/** Starts a client, and waits until it is ready. */
export async function startClient(setup: ClientSetup): Promise<ClientProcess> {
  const child = fork(program, [JSON.stringify(setup)], { execArgv: ['--import', 'tsx'] });
  const answer = async (): Promise<unknown> => {
    const abort = new AbortController();
    const { signal } = abort;
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`a client of the bench ended with code ${String(code)}`);
    });
    try {
      const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
      return message;
    } finally {
      abort.abort();
      await ended.catch(() => undefined);
    }
  };
  await answer();
  return {
    run(order): Promise<Round> {
      child.send(order);
      return answer() as Promise<Round>;
    },
    stream(order): Promise<Streamed> {
      child.send(order);
      return answer() as Promise<Streamed>;
    },
    async stop(): Promise<void> {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
