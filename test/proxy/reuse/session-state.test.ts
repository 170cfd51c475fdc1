import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../audit/trail-fixtures.js';
import { connectionOptions } from '../../database/readiness.js';
import type { Proxied } from '../index.js';
import { idle, leave, startReusing, threadOf, value } from './reusing.js';

const database = inject('database');
const isMariadb = database.flavour === 'mariadb';
/** Of prepared statements. */
const MANY = 300;
let proxied: Proxied;
let admin: Connection;
beforeEach(async () => {
  admin = await createConnection(connectionOptions(database));
});
afterEach(async () => {
  await proxied.close();
  await admin.end();
});

describe('a connection that is used again', () => {
  beforeEach(async () => {
    proxied = await startReusing(database);
  });

  it('serves sessions of several agents one after the other, each with a record of its own', async () => {
    const anna = await proxied.connect('anna');
    const thread = await threadOf(anna);
    await leave(proxied, anna);
    const bert = await proxied.connect('bert', { user: 'bert+T-2' });
    expect(await threadOf(bert)).toBe(thread);
    await leave(proxied, bert);
    const records = (await proxied.records()).filter(({ statement }) => statement.text.includes('CONNECTION_ID'));
    expect(records.map(({ agent, task }) => [agent?.subject, task?.id])).toEqual([
      ['agent-anna', undefined],
      ['agent-bert', 'T-2'],
    ]);
    const [first, second] = records.map(({ session }) => session);
    expect(first?.id).not.toBe(second?.id);
    expect([first?.statement_no, second?.statement_no]).toEqual([1, 1]);
    expect(records.map(({ session }) => session.thread_id)).toEqual([thread, thread]);
    const sessions = (await proxied.events()).flatMap((record) =>
      record.type === 'session' ? [[record.event.action, record.session?.id, record.event.reason]] : [],
    );
    expect(sessions).toEqual([
      ['open', first?.id, undefined],
      ['close', first?.id, 'the client quit'],
      ['open', second?.id, undefined],
      ['close', second?.id, 'the client quit'],
    ]);
  });

  it('is as a new one in all variables of the session, whatever was set', async () => {
    const variables = async (connection: Connection): Promise<ReadonlyMap<string, string>> => {
      const [rows] = await connection.query<RowDataPacket[]>('SHOW SESSION VARIABLES');
      return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
    };
    const first = await proxied.connect('anna');
    const before = await variables(first);
    for (const set of [
      "SET sql_mode = 'ANSI_QUOTES'",
      'SET NAMES utf8mb3',
      "SET collation_connection = 'utf8mb4_bin'",
      'SET autocommit = 0',
      'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
      'SET SESSION TRANSACTION READ ONLY',
      "SET time_zone = '+05:00', lc_time_names = 'de_CH'",
      'SET foreign_key_checks = 0, unique_checks = 0, sql_safe_updates = 1, sql_select_limit = 2',
      'SET wait_timeout = 77, net_read_timeout = 5, lock_wait_timeout = 3, innodb_lock_wait_timeout = 2',
      'SET group_concat_max_len = 5, div_precision_increment = 9',
      isMariadb ? 'SET max_statement_time = 50' : 'SET max_execution_time = 50000',
    ])
      await first.query(set);
    const thread = await threadOf(first);
    await leave(proxied, first);
    const second = await proxied.connect('bert');
    const after = await variables(second);
    expect(await threadOf(second)).toBe(thread);
    const changing =
      /^(?:timestamp|rand_seed\d|pseudo_thread_id|statement_id|last_gtid|error_count|warning_count|gtid_|innodb_)/;
    const differing = [...before].filter(([name, text]) => !changing.test(name) && after.get(name) !== text);
    expect(differing).toEqual([]);
  });

  /** What a session does, what another one asks, and what that sees of it. */
  const states: readonly (readonly [what: string, left: readonly string[], asked: string, seen: unknown])[] = [
    ['user variables', ["SET @secret = 'of anna'"], 'SELECT @secret AS value', [{ value: null }]],
    ['LAST_INSERT_ID', ["INSERT INTO notes (text) VALUES ('a')"], 'SELECT LAST_INSERT_ID() AS value', [{ value: 0 }]],
    [
      'an open transaction',
      ['START TRANSACTION', "INSERT INTO notes (text) VALUES ('b')"],
      'SELECT COUNT(*) AS value FROM notes',
      [{ value: 0 }],
    ],
    ['the default schema', ['USE information_schema'], "SELECT DATABASE() LIKE 'test%' AS value", [{ value: 1 }]],
    [
      'a savepoint',
      ['START TRANSACTION', 'SAVEPOINT s'],
      'SELECT @@in_transaction AS value'.replace('@@in_transaction', isMariadb ? '@@in_transaction' : '0'),
      [{ value: 0 }],
    ],
    ['FOUND_ROWS', ['SELECT 1 UNION SELECT 2 UNION SELECT 3'], 'SELECT FOUND_ROWS() AS value', [{ value: 1 }]],
    [
      'ROW_COUNT',
      ["INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')"],
      'SELECT ROW_COUNT() AS value',
      [{ value: -1 }],
    ],
    ['warnings', ["SELECT CAST('x' AS SIGNED)"], 'SHOW WARNINGS', []],
  ];
  it.each(states)('leaves nothing of %s', async (_what, left, asked, seen) => {
    const first = await proxied.connect('anna');
    for (const text of left) await first.query(text);
    const thread = await threadOf(first);
    // What asks for the thread would tell of itself.
    await leave(proxied, first);
    const second = await proxied.connect('bert');
    const [rows] = await second.query(asked);
    expect(rows).toEqual(seen);
    expect(await threadOf(second)).toBe(thread);
  });

  it('leaves no temporary table, and no statement that was prepared', async () => {
    const first = await proxied.connect('anna');
    await first.query('CREATE TEMPORARY TABLE mine (a INT)');
    await first.query('CREATE TEMPORARY TABLE notes (secret INT)');
    const prepared = async (): Promise<number> => {
      const [[status]] = await admin.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'");
      return Number(status?.['Value']);
    };
    // Far more than those of other tests.
    for (let no = 0; no < MANY; no += 1) await first.prepare(`SELECT ${no}, ?`);
    expect(await prepared()).toBeGreaterThanOrEqual(MANY);
    await leave(proxied, first);
    expect(await prepared()).toBeLessThan(MANY);
    const second = await proxied.connect('bert');
    await expect(second.query('SELECT * FROM mine')).rejects.toMatchObject({ errno: 1146 });
    await second.query('SELECT text FROM notes');
  });

  it('lets go of locks and transactions at once, before anybody takes it', async () => {
    const first = await proxied.connect('anna');
    await first.query("INSERT INTO notes VALUES (1, 'a')");
    await first.query("SELECT GET_LOCK('mine', 1)");
    await first.query('LOCK TABLES notes WRITE');
    const lock = (): Promise<unknown> => value(admin, "IS_FREE_LOCK('mine')");
    expect(await lock()).toBe(0);
    await leave(proxied, first);
    expect(await lock()).toBe(1);
    const { name } = proxied.schema;
    await admin.query(`SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1`);
    await admin.query(`INSERT INTO ${name}.notes VALUES (2, 'b')`);
    const second = await proxied.connect('anna');
    await second.query('START TRANSACTION');
    await second.query("UPDATE notes SET text = 'c' WHERE id = 2");
    await leave(proxied, second);
    await admin.query(`UPDATE ${name}.notes SET text = 'd' WHERE id = 2`);
  });

  it('is given back by a client that goes away without a word, where nothing runs', async () => {
    const first = await proxied.connect('anna');
    const thread = await threadOf(first);
    await first.query('START TRANSACTION');
    first.destroy();
    await eventually(async () => (await idle(proxied)) === 1);
    expect(await threadOf(await proxied.connect('bert'))).toBe(thread);
  });

  it('goes on as the governed wire wants it: statements of its own are recorded and judged anew', async () => {
    const first = await proxied.connect('anna');
    await first.query("SET sql_mode = 'ANSI_QUOTES'");
    await leave(proxied, first);
    const second = await proxied.connect('bert');
    const [rows] = await second.query('SELECT "a text" AS value');
    expect(rows).toEqual([{ value: 'a text' }]);
  });
});
