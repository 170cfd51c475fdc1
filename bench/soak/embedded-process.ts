/** The governed program of the soak: agents on one pool that lives as long as the program, and connections beside it. */
import { once } from 'node:events';
import {
  clientCredentials,
  createGovernor,
  createRenewingIdentity,
  createTokenVerifier,
  maskColumn,
  type RenewingIdentity,
  withIdentity,
  withTask,
} from 'countersign';
import { govern } from 'countersign/mysql2';
import { type Connection, type ConnectionOptions, createConnection, createPool } from 'mysql2/promise';
import type { Credentials } from '../../examples/stage/sign-in.js';
import { auditTo, delivered, journalOf } from './governed.js';
import { emptyTally, type Tally, work } from './load.js';
import { answerSamples } from './process-sample.js';
import { FINISH } from './soak-child.js';

/** What the parent gives on the command line, as JSON. */
export interface EmbeddedSetup {
  readonly connection: ConnectionOptions;
  readonly credentials: readonly Credentials[];
  readonly maskedColumn: string;
  readonly journal: string;
  readonly receivers: readonly string[];
  readonly workers: number;
  readonly pauseMs: number;
}

/** What it says in the end. */
export interface EmbeddedEnd {
  readonly tally: Tally;
  /** Whether every receiver got everything. */
  readonly delivered: boolean;
}

const setup = JSON.parse(process.argv[2] ?? '{}') as EmbeddedSetup;
const agents = await Promise.all(setup.credentials.map(signInForGood));
const governor = await createGovernor({
  masks: [maskColumn(setup.maskedColumn, 'email')],
  audit: auditTo(setup.journal, setup.receivers),
});
const pool = govern(createPool({ ...setup.connection, connectionLimit: 4 }), governor);
const tally = emptyTally();
let isOver = false;
const workers = Promise.all(
  Array.from({ length: setup.workers }, (_, worker) => {
    const options = { worker, pauseMs: setup.pauseMs, isOver: () => isOver };
    const run = (): Promise<void> => work({ pool, connect }, tally, options);
    const agent = agents[worker % agents.length];
    if (agent === undefined) throw new Error('there is no agent');
    return withIdentity(agent, () => withTask(`SOAK-${worker}`, run));
  }),
);
answerSamples(() => journalOf(governor));
process.send?.('ready');
process.on('message', (message) => {
  if (message === FINISH) isOver = true;
});
await workers;
await pool.end();
const end: EmbeddedEnd = { tally, delivered: await delivered(governor) };
await governor.close();
for (const agent of agents) agent.close();
process.send?.(end);
await once(process, 'disconnect');

async function connect(): Promise<Connection> {
  return govern(await createConnection(setup.connection), governor);
}

function signInForGood({ issuer, audience, ...client }: Credentials): Promise<RenewingIdentity> {
  return createRenewingIdentity({
    verifier: createTokenVerifier({ issuer, audience }),
    source: clientCredentials({ ...client, audience }),
  });
}
