import { expect } from 'vitest';
import type { StatementRecord } from '../../../src/audit/index.js';
import { withContext } from '../../../src/session/index.js';
import type { Governed } from '../../governed/index.js';
import type { ProxiedOptions } from '../../proxy/index.js';
import type { Shop } from './shops/shop.js';

/** A shop for every ORM: its customers' e-mail addresses are masked. */
export const SHOP: Pick<ProxiedOptions, 'statements' | 'masks'> = {
  statements: [
    'CREATE TABLE customers (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(64) NOT NULL, email VARCHAR(128), city VARCHAR(40))',
    "INSERT INTO customers (name, email, city) VALUES ('Ada', 'ada@example.test', 'Bern'), ('Bob', 'bob@example.test', 'Chur')",
  ],
  masks: { 'customers.email': 'email' },
};

/** How the shop is asked, and where the records are. */
export interface Front {
  /** Asks for a task; without an agent, as the program itself. */
  ask<T>(task: string, what: (shop: Shop) => Promise<T>, agent?: string): Promise<T>;
  records(): Promise<readonly StatementRecord[]>;
}

/** Does it all, and looks at what was recorded. */
export function tryShop(governed: Governed, shop: Shop): Promise<void> {
  return tryFront({
    ask: async (task, what, agent) => {
      const identity = agent === undefined ? undefined : await governed.identity(agent);
      return withContext({ identity, task }, () => what(shop));
    },
    records: governed.records,
  });
}

/** The same, wherever the shop is governed. */
export async function tryFront(front: Front): Promise<void> {
  const ada = await front.ask('read', (shop) => shop.byId(1));
  expect(ada.name).toBe('Ada');
  expect(ada.email).not.toContain('ada@');
  expect(ada.email).toMatch(/@example\.test$|\*/);
  await front.ask('write', (shop) => shop.add('Cleo', 'Thun'));
  await front.ask('write', (shop) => shop.move(2, 'Thun', false));
  await expect(front.ask('write', (shop) => shop.move(1, 'Thun', true))).rejects.toThrow('undo');
  const inThun = await front.ask('count', (shop) => shop.inCity('Thun'));
  expect(inThun.map(({ name }) => name).sort()).toEqual(['Bob', 'Cleo']);
  const refusal = await front
    .ask('clear', (shop) => shop.clear())
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(mysqlErrorIn(refusal)).toMatchObject({ errno: 1227, message: expect.stringContaining('rule') as string });
  const records = await front.records();
  const of = (task: string): StatementRecord[] => records.filter((record) => record.task?.id === task);
  expect(of('read').some(({ outcome }) => outcome.masked?.length === 1)).toBe(true);
  const updates = of('write').filter(({ statement }) => statement.operation === 'UPDATE' && isRun(statement));
  expect(updates).toHaveLength(2);
  // A refusal is tried once, and recorded once. What a driver sends to be executed along with what it prepares has no text.
  const denied = of('clear').filter(({ outcome, statement }) => outcome.status === 'denied' && statement.text !== '');
  expect(denied.map(({ statement }) => statement.operation)).toEqual(['DELETE']);
  await tellApart(front);
}

/** Three agents at once, on whatever connections there are. */
async function tellApart(front: Front): Promise<void> {
  const names = ['anna', 'bert', 'cora'];
  await Promise.all(
    names.flatMap((name) => [0, 1, 2].map((turn) => front.ask('look', (shop) => shop.inCity(`${name} ${turn}`), name))),
  );
  const records = await front.records();
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

/** Number and message of the driver's error, which some ORMs wrap. */
function mysqlErrorIn(error: unknown): unknown {
  for (let inner = error; typeof inner === 'object' && inner !== null;) {
    const { errno, code, message, cause, original, parent, meta } = inner as Record<string, unknown>;
    if (typeof (errno ?? code) === 'number') return { errno: errno ?? code, message };
    inner = cause ?? original ?? parent ?? (meta as Record<string, unknown> | undefined)?.['driverAdapterError'];
  }
  return error;
}
