import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientSetup } from './client.js';
import type { OrmClientSetup } from './orm-client.js';
import type { OrmRoundOrder, Round, RoundOrder, Streamed, StreamOrder } from './round.js';

/** A client in a process of its own, so that its CPU can be told from everybody else's. */
export interface ClientProcess<Order> {
  run(order: Order): Promise<Round>;
  stop(): Promise<void>;
}

/** One of mysql2's pool. */
export interface PoolClient extends ClientProcess<RoundOrder> {
  stream(order: StreamOrder): Promise<Streamed>;
}

/** Starts a client of mysql2's pool, and waits until it is ready. */
export async function startClient(setup: ClientSetup): Promise<PoolClient> {
  const { ask, stop } = await startProgram('client.ts', setup);
  return {
    run: (order) => ask(order) as Promise<Round>,
    stream: (order) => ask(order) as Promise<Streamed>,
    stop,
  };
}

/** Starts a client of a query builder or an ORM, and waits until it is ready. */
export async function startOrmClient(setup: OrmClientSetup): Promise<ClientProcess<OrmRoundOrder>> {
  const { ask, stop } = await startProgram('orm-client.ts', setup);
  return { run: (order) => ask(order) as Promise<Round>, stop };
}

interface Program {
  ask(order: RoundOrder | StreamOrder | OrmRoundOrder): Promise<unknown>;
  stop(): Promise<void>;
}

async function startProgram(name: string, setup: ClientSetup | OrmClientSetup): Promise<Program> {
  const program = fileURLToPath(new URL(name, import.meta.url));
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
    ask(order): Promise<unknown> {
      child.send(order);
      return answer();
    },
    async stop(): Promise<void> {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
