/**
 * Whatever an agent does, neither masked values nor passwords, tokens and keys stand in a journal, a record, the collector's store, or the log.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type PoolOptions } from 'mysql2';
import { pino } from 'pino';
import { expect, inject, it } from 'vitest';
import { govern } from '../../adapters/mysql2/index.js';
import { createCollector } from '../../src/collector/index.js';
import { defineRule, migrationPolicy } from '../../src/guardrails/index.js';
import { clientCredentials, createTokenVerifier } from '../../src/identity/index.js';
import { maskColumn } from '../../src/masking/index.js';
import { createGovernor } from '../../src/session/index.js';
import { httpTransport } from '../../src/transports/index.js';
import { createSchema } from '../database/schema.js';
import { startAgents } from '../governed/agents.js';

const SECRET = 'zq7masked@example.test';
const PASSWORD = 'zq7 password of an account';
const TOKEN = 'zq7-collector-token-0123456789';

const captured = defineRule({
  name: 'captured',
  effect: 'warn',
  match: { kinds: ['select', 'show'] },
  record: { capture: { rows: 100, bytes: 100_000 } },
});
const STATEMENTS: readonly (readonly [sql: string, values?: readonly unknown[]])[] = [
  [`SELECT * FROM people WHERE email = '${SECRET}'`],
  ['SELECT * FROM people WHERE email = ?', [SECRET]],
  [`INSERT INTO people VALUES (2, '${SECRET}')`],
  ['INSERT INTO people VALUES (?, ?)', [3, SECRET]],
  // Errors that repeat a value.
  [`INSERT INTO people VALUES (4, '${SECRET}'), (4, '${SECRET}')`],
  [`SELECT CAST(email AS SIGNED) FROM people WHERE email LIKE '${SECRET.slice(0, 9)}%'`],
  [`UPDATE people SET email = '${SECRET}' WHERE id = 1`],
  // Accounts: refused, or not understood.
  [`CREATE USER zq IDENTIFIED BY '${PASSWORD}'`],
  [`ALTER USER CURRENT_USER() IDENTIFIED BY '${PASSWORD}'`],
  ['ALTER USER zq IDENTIFIED BY ?', [PASSWORD]],
  [`SET PASSWORD = PASSWORD('${PASSWORD}')`],
  [`SET PASSWORD FOR zq = '${PASSWORD}'`],
  [`GRANT ALL ON *.* TO zq IDENTIFIED BY '${PASSWORD}' WITH )( GRANT OPTION`],
  ['SELECT id, email FROM people ORDER BY id'],
  [`CHANGE MASTER TO MASTER_HOST = 'h', MASTER_PASSWORD = '${PASSWORD}'`],
  [`CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'u', PASSWORD '${PASSWORD}')`],
  [`SELECT AES_ENCRYPT('x', '${PASSWORD}')`],
  [`START GROUP_REPLICATION USER = 'u', PASSWORD = '${PASSWORD}'`],
  [`START REPLICA USER = 'u' PASSWORD = '${PASSWORD}'`],
  [`CREATE TABLE far (a INT) ENGINE = FEDERATED CONNECTION = 'mysql://u:${PASSWORD}@h/d/t'`],
  [`UPDATE mysql.user SET authentication_string = '${PASSWORD}' WHERE user = 'root'`],
  [`SET GLOBAL wsrep_sst_auth = 'u:${PASSWORD}'`],
  [`SELECT AES_DECRYPT(FROM_BASE64('eA=='), '${PASSWORD}', 'x', 'y', 'z', 'a', 'b')`],
  [`SELECT 1; CREATE USER zq IDENTIFIED BY '${PASSWORD}'`],
  [`CREATE USER zq IDENTIFIED BY '${PASSWORD}' /* never ends`],
];

async function filesUnder(directory: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}

it('secrets are nowhere but where they belong', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-secrets-'));
  const agents = await startAgents();
  const schema = await createSchema(inject('database'), [
    'CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(60) UNIQUE)',
    `INSERT INTO people VALUES (1, '${SECRET}')`,
  ]);
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });
  const collector = await createCollector({ directory: join(directory, 'collector'), tokens: [TOKEN] });
  try {
    const { issuer, audience, clientSecret, ...client } = agents.credentials('anna');
    const jwt = await clientCredentials({ clientSecret, ...client }).getToken();
    const identity = await createTokenVerifier({ issuer, audience, algorithms: ['ES256'] }).verify(jwt);
    const governor = await createGovernor({
      identity,
      policy: { ...migrationPolicy(), rules: [...migrationPolicy().rules, captured] },
      masks: [maskColumn(`${schema.name}.people.email`, 'email')],
      audit: {
        directory: join(directory, 'journal'),
        transports: [
          httpTransport({ url: collector.recordsUrl, token: TOKEN }),
          // It answers 401, and repeats nothing.
          httpTransport({ url: collector.recordsUrl, token: `${TOKEN}-wrong`, name: 'refused' }),
        ],
        drainDeadlineMs: 1_000,
        logger,
      },
    });
    const pool = govern(
      createPool({ ...(schema.connection as PoolOptions), connectionLimit: 1, multipleStatements: true }),
      governor,
    );
    for (const [sql, values] of STATEMENTS) {
      const run = values === undefined ? pool.promise().query(sql) : pool.promise().execute(sql, [...values] as never);
      await run.catch(() => undefined);
    }
    await new Promise((resolve) =>
      pool.getConnection((_error, connection) => {
        connection.changeUser({ user: 'nobody', password: PASSWORD }, resolve);
      }),
    );
    await pool.promise().end();
    await governor.close();
    const files = await filesUnder(directory);
    const names = [...files.keys()];
    expect(names.some((name) => name.endsWith('.jsonl'))).toBe(true);
    expect(names.some((name) => name.includes('collector'))).toBe(true);
    const text = [...files.values()].map((bytes) => bytes.toString('latin1')).join('\n');
    // What was looked for would have been found: the statements are there, and their results.
    expect(text).toContain('"sets":[{"columns":["id","email"]');
    expect(text).toContain('select * from people where email = ?');
    expect(text).toContain('create user zq identified by ?');
    const connectionPassword = schema.connection.password;
    for (const secret of [SECRET, PASSWORD, TOKEN, jwt, clientSecret, connectionPassword]) {
      expect(
        names.filter((name) => files.get(name)?.includes(secret)),
        secret,
      ).toEqual([]);
      expect(
        log.filter((line) => line.includes(secret)),
        secret,
      ).toEqual([]);
    }
    expect(log.length).toBeGreaterThan(0);
  } finally {
    await collector.close();
    await agents.stop();
    await schema.drop();
    await rm(directory, { recursive: true, force: true });
  }
}, 60_000);
