import { clientCredentials } from 'countersign';
import { type Connection, type ConnectionOptions, createConnection, createPool, type Pool } from 'mysql2/promise';
import type { Credentials } from '../../examples/stage/sign-in.js';
import { emptyTally, type Tally, work } from './load.js';
import type { SoakDatabase } from './operations.js';
import type { SoakProxyAddress } from './proxy-process.js';

/** Clients of the proxy, stock mysql2, in this process. */
export interface ProxiedClients {
  /** Rejects with what a statement failed with that should not have; else it resolves once they were ended. */
  readonly done: Promise<void>;
  finish(): Promise<Tally>;
}

/** How they work. */
export interface ClientsSetup {
  readonly address: SoakProxyAddress;
  readonly database: string;
  readonly credentials: Credentials;
  readonly workers: number;
  readonly pauseMs: number;
  /** How long a pool lives: less than the token with which it logs in. */
  readonly poolSeconds: number;
}

/** Starts clients that log in with a token, and whose pool is replaced now and then by one with another token. */
export function startProxiedClients(setup: ClientsSetup): ProxiedClients {
  const tally = emptyTally();
  let isOver = false;
  const done = Promise.all(Array.from({ length: setup.workers }, (_, worker) => client(worker))).then(() => undefined);
  // Who waits for it hears of it; until then, nobody does.
  done.catch(() => undefined);
  return {
    done,
    finish: async () => {
      isOver = true;
      await done;
      return tally;
    },
  };

  async function client(worker: number): Promise<void> {
    while (!isOver) {
      const until = performance.now() + setup.poolSeconds * 1_000;
      const login = await loginOf(setup, worker);
      const pool = createPool({ ...login, connectionLimit: 2 });
      await work(databaseOf(pool, login), tally, {
        worker,
        pauseMs: setup.pauseMs,
        isOver: () => isOver || performance.now() > until,
      });
      await pool.end();
    }
  }
}

function databaseOf(pool: Pool, login: ConnectionOptions): SoakDatabase {
  return { pool, connect: (): Promise<Connection> => createConnection(login) };
}

async function loginOf({ address, database, credentials }: ClientsSetup, worker: number): Promise<ConnectionOptions> {
  const { tokenEndpoint, clientId, clientSecret, audience } = credentials;
  const password = await clientCredentials({ tokenEndpoint, clientId, clientSecret, audience }).getToken();
  const { host, port, ca } = address;
  const user = `agent+SOAK-${worker}`;
  return { host, port, user, password, database, enableCleartextPlugin: true, ssl: { ca } };
}
