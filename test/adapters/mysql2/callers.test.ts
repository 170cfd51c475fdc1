import type { PoolConnection, RowDataPacket } from 'mysql2';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withIdentity, withTask } from '../../../src/session/index.js';
import { type Governed, startGoverned } from '../../governed/index.js';

let governed: Governed;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: ['CREATE TABLE notes (id INT PRIMARY KEY AUTO_INCREMENT, text VARCHAR(80))'],
    anonymous: true,
  });
});
afterAll(() => governed.close());

/** Marks seen in the records' texts, with the agent and the task they were recorded under. */
async function attribution(mark: string): Promise<string[]> {
  const records = await governed.records();
  return records
    .filter((record) => record.statement.text.includes(mark) && record.statement.command !== 'COM_STMT_PREPARE')
    .map(
      (record) =>
        `${/\w+-\d+/.exec(record.statement.text)?.[0] ?? ''} ${record.agent?.name ?? 'nobody'} ${record.task?.id ?? ''}`,
    );
}

describe('who a statement belongs to', () => {
  it('stays right for three agents that wait for one connection', async () => {
    const pool = governed.pool({ connectionLimit: 1 });
    const agents = await Promise.all(['anna', 'bert', 'cora'].map((name) => governed.identity(name)));
    const runs = agents.flatMap((identity) =>
      Array.from({ length: 20 }, (_, index) =>
        withIdentity(identity, () =>
          withTask(`task-of-${identity.name ?? ''}`, () =>
            pool.promise().query(`SELECT 'saturated ${identity.name ?? ''}-${index}'`),
          ),
        ),
      ),
    );
    await Promise.all(runs);
    const seen = await attribution('saturated');
    expect(seen).toHaveLength(60);
    for (const line of seen) {
      const [, mark, , agent, task] = /^(\w+)-(\d+) (\w+) (.*)$/.exec(line) ?? [];
      expect([agent, task]).toEqual([mark, `task-of-${mark ?? ''}`]);
    }
  });

  it('stays right in callbacks, in queued getConnection calls and in what they start', async () => {
    const pool = governed.pool({ connectionLimit: 1 });
    const agents = await Promise.all(['anna', 'bert', 'cora'].map((name) => governed.identity(name)));
    await Promise.all(
      agents.map(
        (identity) =>
          new Promise<void>((resolve, reject) => {
            const name = identity.name ?? '';
            withIdentity(identity, () => {
              pool.getConnection((error: Error | null, connection: PoolConnection) => {
                if (error) return reject(error);
                connection.query(`SELECT 'callback ${name}-1'`, () => {
                  connection.query(`SELECT 'callback ${name}-2'`, () => {
                    connection.release();
                    setTimeout(() => {
                      pool.query(`SELECT 'callback ${name}-3'`).on('end', () => {
                        pool.query(`SELECT 'callback ${name}-4'`, () => {
                          resolve();
                        });
                      });
                    }, 1);
                  });
                });
              });
            });
          }),
      ),
    );
    const seen = await attribution('callback');
    expect(seen).toHaveLength(12);
    for (const line of seen) expect(line).toMatch(/^(\w+)-\d \1 $/);
  });

  it('is the caller of the execution, not of the preparation', async () => {
    const pool = governed.pool({ connectionLimit: 1 });
    for (const name of ['anna', 'bert']) {
      const identity = await governed.identity(name);
      await withIdentity(identity, () => pool.promise().execute('SELECT ? AS prepared_once', [name]));
    }
    const records = (await governed.records()).filter((record) => record.statement.text.includes('prepared_once'));
    expect(
      records.map((record) => [record.statement.command, record.agent?.name, record.statement.parameters]),
    ).toEqual([
      ['COM_STMT_PREPARE', 'anna', undefined],
      ['COM_STMT_EXECUTE', 'anna', ['anna']],
      ['COM_STMT_EXECUTE', 'bert', ['bert']],
    ]);
  });

  it('runs what a connection listener sets up as whoever made the pool open the connection', async () => {
    const pool = governed.pool();
    pool.on('connection', (connection) => {
      connection.query("SET time_zone = '+00:00'");
    });
    const identity = await governed.identity('anna');
    const [rows] = await withIdentity(identity, () =>
      pool.promise().query<RowDataPacket[]>('SELECT @@time_zone AS zone'),
    );
    expect(rows).toEqual([{ zone: '+00:00' }]);
    const record = await governed.recordOf((candidate) => candidate.statement.text.includes('SET time_zone'));
    expect(record.agent?.name).toBe('anna');
  });

  it('refuses, and records, a statement of nobody', async () => {
    const pool = governed.pool();
    await expect(pool.promise().query("SELECT 'of nobody-1'")).rejects.toMatchObject({
      errno: 1045,
      sqlState: '28000',
      message: expect.stringContaining('no verified identity') as string,
    });
    const record = await governed.recordOf((candidate) => candidate.statement.text.includes('of nobody'));
    expect(record).toMatchObject({ outcome: { status: 'denied' }, verdict: { effect: 'deny', rule: 'identity' } });
    expect(record.agent).toBeUndefined();
  });

  it('refuses the next statement of an identity that has expired, prepared ones too', async () => {
    const pool = governed.pool({ connectionLimit: 1 });
    const identity = await governed.identity('short');
    const run = (): Promise<unknown> =>
      withIdentity(identity, () => pool.promise().execute('SELECT ? AS still_valid', [1]));
    await run();
    await new Promise((resolve) => setTimeout(resolve, identity.expiresAtMs - Date.now() + 20));
    await expect(run()).rejects.toMatchObject({ errno: 1045, message: expect.stringContaining('expired') as string });
    const records = (await governed.records()).filter((record) => record.statement.text.includes('still_valid'));
    expect(records.map((record) => record.outcome.status)).toEqual(['ok', 'ok', 'denied']);
  });
});

describe('ways around the governed wire', () => {
  it('breaks a connection whose socket is written to directly, before the bytes leave', async () => {
    const pool = governed.pool();
    const identity = await governed.identity('anna');
    const connection = await pool.promise().getConnection();
    const core = connection.connection as unknown as { stream: { write: (bytes: Buffer) => boolean } };
    const failed = new Promise((resolve) => connection.connection.once('error', resolve));
    const text = "DELETE FROM notes WHERE text <> 'x'";
    const packet = Buffer.from(`\x00\x00\x00\x00\x03\x00\x01${text}`, 'latin1');
    packet.writeUIntLE(packet.length - 4, 0, 3);
    expect(core.stream.write(packet)).toBe(false);
    await expect(failed).resolves.toMatchObject({ code: 'CONNECTION_UNSUPPORTED' });
    await withIdentity(identity, async () => {
      const [rows] = await governed.pool().promise().query('SELECT 1 AS alive');
      expect(rows).toEqual([{ alive: 1 }]);
    });
  });

  it('refuses commands that carry no statement and are not on the list', async () => {
    const pool = governed.pool();
    const identity = await governed.identity('anna');
    const connection = await pool.promise().getConnection();
    const stream = withIdentity(identity, () =>
      (
        connection.connection as unknown as { createBinlogStream: (options: object) => NodeJS.EventEmitter }
      ).createBinlogStream({ serverId: 99 }),
    );
    stream.on('error', () => undefined);
    connection.connection.on('error', () => undefined);
    const record = await governed.recordOf((candidate) => candidate.statement.command === 'COM_REGISTER_SLAVE');
    expect(record).toMatchObject({ outcome: { status: 'denied' }, verdict: { rule: 'allowed-commands' } });
    connection.destroy();
  });

  it('governs connections that were open before', async () => {
    const stock = governed.stockPool();
    const identity = await governed.identity('anna');
    const [before] = await stock.promise().query('SELECT 1 AS one');
    expect(before).toEqual([{ one: 1 }]);
    governed.govern(stock);
    await withIdentity(identity, async () => {
      await expect(stock.promise().query('DELETE FROM notes')).rejects.toMatchObject({ errno: 1227 });
      await stock.promise().query("SELECT 'governed late-1'");
    });
    expect(await attribution('governed late')).toEqual(['late-1 anna ']);
  });
});
