import { createHash } from 'node:crypto';
import { checkpointRecord, hashToBase64, leafHash, MerkleFrontier } from '../src/audit/evidence.js';
import type { TrailSigning } from '../src/audit/seal/trail-signing.js';

/** How many different ones there are of what records are searched by. */
export const VARIETY: Readonly<Record<'agents' | 'tasks' | 'tables' | 'days', number>> = {
  agents: 50,
  tasks: 20_000,
  tables: 200,
  days: 30,
};
/** The time of the first record. */
export const START_MS: number = Date.UTC(2026, 9, 1);

const CHECKPOINT_EVERY = 1_000;
/** Sessions that a journal has at a time, and the most statements of one. */
const SESSIONS = 16;
const SESSION_STATEMENTS = 400;

/** Draws whole numbers below a limit: the same ones in each run. */
export function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

interface Session {
  readonly id: string;
  readonly agent: string;
  readonly user: string;
  readonly task: string;
  readonly statements: number;
  done: number;
}

/** Writes the records of one journal: statements as an application has them, chained, with signed checkpoints. */
export class RecordWriter {
  readonly #id: string;
  readonly #signing: TrailSigning;
  readonly #tree = new MerkleFrontier();
  readonly #draw: (limit: number) => number;
  readonly #sessions: Session[] = [];
  #opened = 0;
  #seq = 0;
  #prev: string | undefined;

  constructor(no: number, signing: TrailSigning) {
    this.#id = `bench-${no}`;
    this.#signing = signing;
    this.#draw = drawing(no + 1);
  }

  /** @param share how far the time of all records has come: 0 to 1 */
  async next(share: number): Promise<string> {
    const time = new Date(START_MS + share * VARIETY.days * 86_400_000).toISOString().replace('Z', '000Z');
    this.#seq += 1;
    const json = this.#seq % CHECKPOINT_EVERY === 1 ? await this.#checkpoint(time) : this.#statement(time);
    this.#tree.append(leafHash(Buffer.from(json)));
    this.#prev = createHash('sha256').update(json).digest('base64url');
    return json;
  }

  async #checkpoint(time: string): Promise<string> {
    const action = this.#seq === 1 ? 'open' : 'mark';
    const link = { writerId: this.#id, size: this.#seq - 1, root: hashToBase64(this.#tree.root()) };
    const signed = await this.#signing.sign({ ...link, id: this.#nextId(), time, action, previous: [] });
    return checkpointRecord(signed, this.#seq, this.#prev);
  }

  /** As a writer makes it whose receiver is up: of now, whatever time the record is given. */
  #nextId(): string {
    const ms = Date.now().toString(16).padStart(12, '0');
    const rest = createHash('sha256').update(`${this.#id} ${this.#seq}`).digest('hex');
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
  }

  #session(): Session {
    const draw = this.#draw;
    const at = draw(SESSIONS);
    let session = this.#sessions[at];
    if (session === undefined || session.done >= session.statements) {
      session = {
        ...{ id: `${this.#id}-${++this.#opened}`, agent: `agent-${draw(VARIETY.agents)}`, user: `user-${draw(500)}` },
        ...{ task: `T-${draw(VARIETY.tasks)}`, statements: 1 + draw(SESSION_STATEMENTS), done: 0 },
      };
      this.#sessions[at] = session;
    }
    session.done += 1;
    return session;
  }

  #statement(time: string): string {
    const draw = this.#draw;
    const session = this.#session();
    const table = `t${draw(VARIETY.tables)}`;
    const operation = ['SELECT', 'SELECT', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'][draw(6)] ?? '';
    const isDenied = draw(50) === 0;
    const fingerprint = `${operation.toLowerCase()} ${table} where customer_id = ? and status = ? order by created_at desc limit ?`;
    return JSON.stringify({
      ...{
        v: 1,
        type: 'statement',
        id: this.#nextId(),
        time,
        writer: { id: this.#id, seq: this.#seq, prev: this.#prev },
      },
      agent: {
        ...{ subject: session.agent, issuer: 'https://issuer.example', groups: ['agents'] },
        ...{ actor: [session.user], token_id: 'b0f1c1de', verified: true },
      },
      task: { id: session.task, source: 'asserted' },
      session: { id: session.id, mode: 'embedded', thread_id: draw(1000), statement_no: session.done },
      db: { system: 'mariadb', server: 'db1:3306', namespace: 'shop', user: 'svc_agents' },
      statement: {
        command: 'COM_QUERY',
        text: `${operation} id, total FROM ${table} WHERE customer_id = ${draw(100_000)} AND status = 'open' ORDER BY created_at DESC LIMIT 20`,
        digest: createHash('sha256').update(fingerprint).digest('base64url'),
        ...{ fingerprint, operation, summary: `${operation} ${table}` },
        tables: [{ schema: 'shop', table, access: operation === 'SELECT' ? 'read' : 'write' }],
        truncated: false,
      },
      verdict: { effect: isDenied ? 'deny' : 'allow', rule: isDenied ? 'no-unbounded-writes' : `grant-${draw(8)}` },
      outcome: {
        ...{ status: isDenied ? 'denied' : 'ok', rows: draw(20), bytes: draw(4_000), duration_us: draw(5_000) },
        ...(draw(10) === 0 && { masked: ['shop.customers.email'] }),
      },
    });
  }
}
