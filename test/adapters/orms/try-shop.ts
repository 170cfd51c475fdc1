import { expect } from 'vitest';
import type { StatementRecord } from '../../../src/audit/index.js';
import { withIdentity, withTask } from '../../../src/session/index.js';
import type { Governed, GovernedOptions } from '../../governed/index.js';

/** A shop for every ORM: its customers' e-mail addresses are masked. */
export const SHOP: GovernedOptions = {
  statements: [
    'CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(64) NOT NULL, email VARCHAR(128), city VARCHAR(40))',
    "INSERT INTO customers (name, email, city) VALUES ('Ada', 'ada@example.test', 'Bern'), ('Bob', 'bob@example.test', 'Chur')",
  ],
  masks: { 'customers.email': 'email' },
};

/** What an ORM is asked to do, in its own words. */
export interface Shop {
  byId(id: number): Promise<{ readonly name: string; readonly email: string | null }>;
  add(name: string, city: string): Promise<unknown>;
  inCity(city: string): Promise<readonly string[]>;
  /** Moves a customer within a transaction, which is rolled back where `fails` says so. */
  move(id: number, city: string, fails: boolean): Promise<unknown>;
  /** Deletes every customer. */
  clear(): Promise<unknown>;
}

/** Does it all, and looks at what was recorded. */
export async function tryShop(governed: Governed, shop: Shop): Promise<void> {
  const ada = await withTask('read', () => shop.byId(1));
  expect(ada.name).toBe('Ada');
  expect(ada.email).not.toContain('ada@');
  expect(ada.email).toMatch(/@example\.test$|\*/);
  await withTask('write', () => shop.add('Cleo', 'Thun'));
  await withTask('write', () => shop.move(2, 'Thun', false));
  await expect(withTask('write', () => shop.move(1, 'Thun', true))).rejects.toThrow('undo');
  expect([...(await shop.inCity('Thun'))].sort()).toEqual(['Bob', 'Cleo']);
  const refusal = await withTask('clear', () => shop.clear()).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(mysqlErrorIn(refusal)).toMatchObject({ errno: 1227, message: expect.stringContaining('rule') as string });
  const records = await governed.records();
  const of = (task: string): StatementRecord[] => records.filter((record) => record.task?.id === task);
  expect(of('read').some(({ outcome }) => outcome.masked?.length === 1)).toBe(true);
  const updates = of('write').filter(({ statement }) => statement.operation === 'UPDATE' && isRun(statement));
  expect(updates).toHaveLength(2);
  // A refusal is tried once, and recorded once.
  const denied = of('clear').filter(({ outcome }) => outcome.status === 'denied');
  expect(denied.map(({ statement }) => statement.operation)).toEqual(['DELETE']);
  await tellApart(governed, shop);
}

/** Three agents at once, on whatever connections there are. */
async function tellApart(governed: Governed, shop: Shop): Promise<void> {
  const names = ['anna', 'bert', 'cora'];
  const agents = await Promise.all(names.map((name) => governed.identity(name)));
  await Promise.all(
    agents.flatMap((agent) =>
      [0, 1, 2].map((turn) =>
        withIdentity(agent, () => shop.inCity(`${agent.name ?? ''} ${turn}`).then(() => undefined)),
      ),
    ),
  );
  const records = await governed.records();
  const asked = records.filter((record) => /"?(?:anna|bert|cora) \d/.test(textOf(record)));
  const run = asked.filter(({ statement }) => isRun(statement));
  expect(run).toHaveLength(9);
  for (const record of run) expect(textOf(record)).toContain(`${record.agent?.name ?? ''} `);
}

function isRun({ command }: StatementRecord['statement']): boolean {
  return command !== 'COM_STMT_PREPARE';
}

function textOf({ statement }: StatementRecord): string {
  return `${statement.text} ${JSON.stringify(statement.parameters ?? [])}`;
}

/** The driver's error, which some ORMs wrap. */
function mysqlErrorIn(error: unknown): unknown {
  for (let inner = error; typeof inner === 'object' && inner !== null;) {
    if ('errno' in inner && inner.errno !== undefined) return inner;
    const { cause, original, parent } = inner as { cause?: unknown; original?: unknown; parent?: unknown };
    inner = cause ?? original ?? parent;
  }
  return error;
}
