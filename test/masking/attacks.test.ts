import { readFileSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../database/readiness.js';
import { type Governed, startGoverned } from '../governed/index.js';

/** A way by which a masked value got out of some product. */
interface Attack {
  readonly id: string;
  readonly category: string;
  /** The servers that it works on. */
  readonly dialect: 'both' | 'mariadb' | 'mysql';
  readonly via: 'query' | 'execute' | 'multi';
  /** Run by an administrator before. */
  readonly setup?: readonly string[];
  /** Run on the agent's own connection before. */
  readonly pre?: readonly string[];
  readonly attack: readonly string[];
  readonly params?: (string | number)[];
  /** What comes out where nothing is masked. */
  readonly secrets: readonly string[];
}

const { statements, attacks } = JSON.parse(readFileSync(new URL('attacks.json', import.meta.url), 'utf8')) as {
  statements: readonly string[];
  attacks: readonly Attack[];
};
const database = inject('database');
const { flavour } = database;
const fitting = attacks.filter(({ dialect }) => dialect === 'both' || dialect === flavour);

const start = (): Promise<Governed> =>
  startGoverned(database, {
    statements,
    masks: {
      'customers.email': 'email',
      'customers.ssn': 'redact',
      'customers.card': 'redact',
      'customers.balance': 'null',
    },
  });

async function prepare(governed: Governed, setup: readonly string[]): Promise<void> {
  const admin = await createConnection({ ...connectionOptions(database), database: governed.schema.name });
  try {
    for (const statement of setup) await admin.query(statement.replaceAll('app.', `${governed.schema.name}.`));
  } finally {
    await admin.end();
  }
}

/** Everything that an agent sees of an attack: rows in all encodings, names of columns, errors. */
async function run(governed: Governed, { via, pre, attack, params }: Attack): Promise<string> {
  const pool = governed.pool({ connectionLimit: 1, multipleStatements: via === 'multi' }).promise();
  const seen: string[] = [];
  for (const statement of pre ?? []) await pool.query(statement).catch(() => undefined);
  for (const statement of via === 'multi' ? [attack.join(';')] : attack) {
    const sql = statement.replaceAll('app.', `${governed.schema.name}.`);
    try {
      const [rows, fields] = via === 'execute' ? await pool.execute(sql, params) : await pool.query(sql, params);
      seen.push(
        JSON.stringify(fields),
        JSON.stringify(rows, (_key, value: unknown) => readable(value)),
      );
    } catch (error) {
      seen.push(String(error));
    }
  }
  return seen.join('\n');
}

/** Binary strings as text, next to their bytes. */
function readable(value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBytes && 'data' in value ? Buffer.from(value.data as number[]).toString() : value;
}

/** Leaves out what holds five given digits by chance now and then: digests, ids and durations. */
function withoutDigests(key: string, value: unknown): unknown {
  return ['id', 'time', 'writer', 'session', 'digest', 'duration_us'].includes(key) ? undefined : value;
}

async function expectNothingOut(governed: Governed, attack: Attack): Promise<void> {
  const seen = await run(governed, attack);
  const recorded = JSON.stringify(await governed.records(), withoutDigests);
  const own = attack.attack.join('\n');
  for (const secret of attack.secrets.filter((text) => !own.includes(text))) {
    expect(seen).not.toContain(secret);
    expect(recorded).not.toContain(secret);
  }
}

describe('no masked value gets out', () => {
  let governed: Governed;
  beforeAll(async () => {
    governed = await start();
  });
  afterAll(() => governed.close());

  it.each(fitting.filter(({ setup }) => setup === undefined))('by $id ($category): $attack', (attack) =>
    expectNothingOut(governed, attack),
  );
});

describe('no masked value gets out by what an administrator has made', () => {
  it.each(fitting.filter(({ setup }) => setup !== undefined))('by $id ($category): $attack', async (attack) => {
    const governed = await start();
    try {
      await prepare(governed, attack.setup ?? []);
      await expectNothingOut(governed, attack);
    } finally {
      await governed.close();
    }
  });
});
