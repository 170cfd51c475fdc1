/** What of mysql2's public API has to work the same through every front. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { Pool, PoolConnection, PoolOptions, RowDataPacket } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatementRecord } from '../../src/audit/index.js';
import { callback } from './callback.js';

/** The way that statements of mysql2 take to the server. */
export interface Mysql2Front {
  /** A pool, which `close` ends. */
  pool(options: PoolOptions): Pool;
  /** All statement records so far, in the order of delivery. */
  records(): Promise<StatementRecord[]>;
  close(): Promise<void>;
}

/** The schema that the features are tried on. */
export const featureSchema: readonly string[] = [
  'CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))',
  "INSERT INTO items VALUES (1,'one',1.50),(2,'two',2.50),(3,'three',NULL)",
  'CREATE TABLE tags (id INT, item_id INT, tag VARCHAR(20))',
  "INSERT INTO tags VALUES (7,1,'red'),(8,1,'blue')",
  'CREATE TABLE blobs (id INT PRIMARY KEY, data LONGBLOB)',
  'CREATE PROCEDURE two_results() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END',
];

/** What the policy of the features allows beside the default. */
export const featureOptions = { routines: ['two_results'], localInfile: true } as const;

let front: Mysql2Front;
let pool: Pool;

const withConnection = async <T>(run: (connection: PoolConnection) => Promise<T>): Promise<T> => {
  const connection = await callback<PoolConnection>((done) => {
    pool.getConnection(done);
  });
  try {
    return await run(connection);
  } finally {
    connection.release();
  }
};

async function recordOf(fits: (record: StatementRecord) => boolean): Promise<StatementRecord> {
  for (const end = Date.now() + 5_000; ; await setTimeout(5)) {
    const found = (await front.records()).findLast(fits);
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('no record fits');
  }
}

/** Tries all of them through a front. */
export function describeMysql2(name: string, start: () => Promise<Mysql2Front>): void {
  describe(`mysql2 ${name}`, () => {
    beforeAll(async () => {
      front = await start();
      pool = front.pool({ multipleStatements: true });
    });
    afterAll(() => front.close());

    describe('queries', describeQueries);
    describe('statements', describeStatements);
    describe('connections', describeConnections);
  });
}

function describeQueries(): void {
  it('answers callbacks', async () => {
    const rows = await callback((done) => pool.query('SELECT id, label FROM items WHERE id = ?', [2], done));
    expect(rows).toEqual([{ id: 2, label: 'two' }]);
  });

  it('answers promises', async () => {
    const [rows, fields] = await pool.promise().query('SELECT label FROM items WHERE id = 1');
    expect(rows).toEqual([{ label: 'one' }]);
    expect(fields.map((field) => field.name)).toEqual(['label']);
  });

  it('emits events', async () => {
    const seen: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      pool
        .query('SELECT id FROM items ORDER BY id')
        .on('fields', (fields: { name: string }[]) => seen.push(fields[0]?.name))
        .on('result', (row: RowDataPacket) => seen.push(row['id']))
        .on('error', reject)
        .on('end', resolve);
    });
    expect(seen).toEqual(['id', 1, 2, 3]);
  });

  it('emits a refusal as an error event', async () => {
    const error = await new Promise<Error>((resolve) => {
      pool.query('DELETE FROM items').on('error', resolve);
    });
    expect(error).toMatchObject({ errno: 1227, code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR', sqlState: '42000' });
    expect(error.message).toContain('no-unbounded-writes');
  });

  it('streams rows with back-pressure', async () => {
    const sql = 'SELECT a.id AS x FROM items a, items b, items c, items d, items e, items f, items g';
    const stream = pool.query(sql).stream({ highWaterMark: 5 });
    let count = 0;
    for await (const row of stream as AsyncIterable<{ x: number }>) {
      expect(row.x).toBeGreaterThan(0);
      count += 1;
      if (count % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(count).toBe(3 ** 7);
  });

  it('nests tables and gives rows as arrays', async () => {
    const join = 'SELECT items.id, tags.tag FROM items JOIN tags ON tags.item_id = items.id ORDER BY tags.id';
    const [nested] = await pool.promise().query({ sql: join, nestTables: true });
    expect(nested).toEqual([
      { items: { id: 1 }, tags: { tag: 'red' } },
      { items: { id: 1 }, tags: { tag: 'blue' } },
    ]);
    const [arrays] = await pool.promise().query({ sql: join, rowsAsArray: true });
    expect(arrays).toEqual([
      [1, 'red'],
      [1, 'blue'],
    ]);
  });

  it('calls typeCast', async () => {
    const typeCast = (field: { name: string; string: () => string | null }, next: () => unknown): unknown =>
      field.name === 'label' ? `<${field.string() ?? ''}>` : next();
    const [rows] = await pool.promise().query({ sql: 'SELECT id, label FROM items WHERE id = 1', typeCast });
    expect(rows).toEqual([{ id: 1, label: '<one>' }]);
  });

  it('reads a stream of text to its end', async () => {
    const stream = pool.query('SELECT id FROM items ORDER BY id').stream();
    const lines = await text(
      Readable.from(
        (async function* () {
          for await (const row of stream as AsyncIterable<{ id: number }>) yield `${row.id}\n`;
        })(),
      ),
    );
    expect(lines).toMatch(/^1\n2\n3\n/);
  });
}

function describeStatements(): void {
  it('executes prepared statements with every kind of parameter', async () => {
    const values = [
      1,
      'two',
      2.5,
      null,
      new Date(Date.UTC(2026, 10, 21, 12, 30, 5)),
      Buffer.from([0, 255, 1]),
      true,
      2n ** 60n,
    ];
    const [rows] = await pool
      .promise()
      .execute('SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e, ? AS f, ? AS g, ? AS h', values);
    expect(rows).toMatchObject([{ a: 1, b: 'two', c: 2.5, d: null }]);
    const record = await recordOf((candidate) => candidate.statement.command === 'COM_STMT_EXECUTE');
    expect(record.statement.parameters?.slice(0, 4)).toEqual([1, 'two', 2.5, null]);
    expect(record.statement.parameters?.[5]).toBe('base64:AP8B');
  });

  it('prepares, executes again and closes', async () => {
    await withConnection(async (connection) => {
      const statement = await connection.promise().prepare('SELECT label FROM items WHERE id = ?');
      for (const [id, label] of [
        [1, 'one'],
        [2, 'two'],
      ] as const) {
        const [rows] = await statement.execute([id]);
        expect(rows).toEqual([{ label }]);
      }
      await statement.close();
    });
  });

  it('takes named placeholders', async () => {
    const [rows] = await pool
      .promise()
      .query({ sql: 'SELECT label FROM items WHERE id = :id', values: { id: 3 }, namedPlaceholders: true });
    expect(rows).toEqual([{ label: 'three' }]);
  });

  it('runs several statements of one text, each with its own record', async () => {
    const before = (await front.records()).length;
    const [results] = await pool
      .promise()
      .query("SELECT 1 AS a; UPDATE items SET label = 'uno' WHERE id = 1; SELECT label FROM items WHERE id = 1");
    expect(results).toMatchObject([[{ a: 1 }], { affectedRows: 1 }, [{ label: 'uno' }]]);
    const records = (await front.records()).slice(before);
    expect(records.map((record) => [record.statement.operation, record.outcome.status])).toEqual([
      ['SELECT', 'ok'],
      ['UPDATE', 'ok'],
      ['SELECT', 'ok'],
    ]);
    expect(records[1]?.outcome.affected).toBe(1);
    await pool.promise().query("UPDATE items SET label = 'one' WHERE id = 1");
  });

  it('tells which statement of a text failed and which did not run', async () => {
    const before = (await front.records()).length;
    const failing = pool.promise().query('SELECT 1; SELECT nonexistent_column FROM items; SELECT 2');
    await expect(failing).rejects.toMatchObject({ errno: 1054 });
    const records = (await front.records()).slice(before);
    expect(records.map((record) => record.outcome.status)).toEqual(['ok', 'error', 'aborted']);
  });

  it('returns the results of a procedure', async () => {
    const [results] = await pool.promise().query('CALL two_results()');
    expect(results).toMatchObject([[{ a: 1 }], [{ b: 2, c: 3 }], { affectedRows: 0 }]);
  });
}

function describeConnections(): void {
  it('commits and rolls back transactions', async () => {
    await withConnection(async (connection) => {
      const promised = connection.promise();
      await promised.beginTransaction();
      await promised.query("INSERT INTO items VALUES (50, 'gone', 0)");
      await promised.rollback();
      await promised.beginTransaction();
      await promised.query("INSERT INTO items VALUES (51, 'kept', 0)");
      await promised.commit();
      const [rows] = await promised.query('SELECT id FROM items WHERE id IN (50, 51)');
      expect(rows).toEqual([{ id: 51 }]);
    });
  });

  it('sends a local file where a rule allows it', async () => {
    const [result] = await pool.promise().query({
      sql: "LOAD DATA LOCAL INFILE 'anything' INTO TABLE tags FIELDS TERMINATED BY ','",
      infileStreamFactory: () => Readable.from([Buffer.from('20,1,green\n21,2,gre'), Buffer.from('y\n')]),
    });
    expect(result).toMatchObject({ affectedRows: 2 });
    const [rows] = await pool.promise().query('SELECT tag FROM tags WHERE id = 21');
    expect(rows).toEqual([{ tag: 'grey' }]);
  });

  it('resets and pings', async () => {
    await withConnection(async (connection) => {
      const promised = connection.promise();
      await promised.query("SET @countersign = 'x'");
      await promised.reset();
      await promised.ping();
      const [rows] = await promised.query('SELECT @countersign AS v');
      expect(rows).toEqual([{ v: null }]);
    });
  });

  it('carries a value of 64 MB in both directions', async () => {
    const data = Buffer.alloc(64 * 1024 * 1024, 'countersign ');
    await pool.promise().execute('INSERT INTO blobs VALUES (1, ?)', [data]);
    const [rows] = await pool.promise().query<RowDataPacket[]>('SELECT data FROM blobs WHERE id = 1');
    expect(Buffer.compare(rows[0]?.['data'] as Buffer, data)).toBe(0);
    const record = await recordOf(
      (candidate) =>
        candidate.statement.fingerprint?.startsWith('insert into blobs') === true &&
        candidate.statement.command === 'COM_STMT_EXECUTE',
    );
    expect(record.statement.parameters?.[0]).toMatch(/\(67108864 bytes\)$/);
  });
}
