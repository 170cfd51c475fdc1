import type { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Governed, startGoverned } from '../../governed/index.js';
import { answer, streamed, type Via, VIAS } from './answers.js';

const MB = 1 << 20;
const SOON_MS = 5_000;
/** What a packet holds at most: a row of as many bytes goes on in the next one. */
const PACKET_BYTES = 2 ** 24 - 1;
const SECRET = 'a';
const MASKED = '[masked]';
/** What a row has beside its large value: the lengths of both values and the secret; in the binary protocol also a head. */
const AROUND: Record<Via, number> = { query: 1 + SECRET.length + 4, execute: 2 + 1 + SECRET.length + 4 };
const GROWTH = MASKED.length - SECRET.length;
/** Bytes that the length of a value takes more from 16 MB on. */
const LONGER = 5;

/** Bytes of the value of a row of so many bytes. */
function valueOf(rowBytes: number, via: Via): number {
  const bytes = rowBytes - AROUND[via];
  return bytes < 2 ** 24 ? bytes : bytes - LONGER;
}

let governed: Governed;
let pool: Pool;
let stock: Pool;

beforeAll(async () => {
  governed = await startGoverned(inject('database'), {
    statements: [
      'CREATE TABLE large (id INT PRIMARY KEY, secret VARCHAR(40), pin INT, value LONGBLOB, hidden LONGBLOB)',
    ],
    masks: { 'large.secret': 'redact', 'large.pin': 'redact', 'large.hidden': 'redact' },
  });
  pool = governed.pool().promise();
  stock = governed.stockPool().promise();
});
afterAll(() => governed.close());

/** The large row, of which each part is another one, between two small ones. */
async function fill(bytes: number, hidden: number): Promise<void> {
  const unit = Buffer.from(Array.from({ length: 9_973 }, (_, at) => (at * 31) & 0xff));
  const row = [2, SECRET, 739_152_811, Buffer.alloc(bytes, unit), Buffer.alloc(hidden, unit)];
  const small = (id: number): readonly unknown[] => [id, SECRET, id, 'small', 'small'];
  await stock.query('REPLACE INTO large VALUES ?', [[small(1), row, small(3)]]);
}

/** Of packets whose numbers do not follow each other, mysql2 warns. */
const warnings: unknown[] = [];
const warned = (warning: unknown): void => {
  warnings.push(warning);
};

/** The rows. Fails soon where they do not end: the client waits for the rest of a row that says that it goes on. */
async function select(each: Pool, via: Via, list: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await each.getConnection();
  const stop = new AbortController();
  const tooLate = setTimeout(SOON_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error('no answer came');
  });
  const sql = `SELECT ${list} FROM large ORDER BY large.id`;
  const core = connection.connection as unknown as EventEmitter;
  core.on('warn', warned);
  try {
    const { rows } = await Promise.race([answer(connection, via, sql, { rowsAsArray: true }), tooLate]);
    return rows as unknown[][];
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    stop.abort();
    core.off('warn', warned);
    tooLate.catch(() => undefined);
    connection.release();
  }
}

async function expectSame(list: string, masked: readonly number[], vias = VIAS): Promise<void> {
  for (const via of vias) {
    const [seen, plain] = [await select(pool, via, list), await select(stock, via, list)];
    const hide = (row: readonly unknown[]): unknown[] =>
      row.map((cell, column) => (!masked.includes(column) ? cell : typeof cell === 'number' ? null : MASKED));
    expect(plain).toHaveLength(3);
    expect(warnings).toEqual([]);
    expect(seen.map((row) => row.map(asText))).toEqual(plain.map(hide).map((row) => row.map(asText)));
  }
}

/** What is masked of a BLOB comes as bytes. */
function asText(cell: unknown): unknown {
  return Buffer.isBuffer(cell) ? cell.toString('latin1') : cell;
}

const SIZES = [1, 17, 33];

describe('a large value', () => {
  it.each(SIZES)('of %i MB is the same beside masked columns', async (size) => {
    await fill(size * MB, 10);
    await expectSame('id, value, secret', [2]);
    await expectSame('secret, value, id', [0]);
    await expectSame('pin, value, secret, id', [0, 2]);
  });

  it.each(SIZES)('of %i MB that is masked does not change those around it', async (size) => {
    await fill(1_000, size * MB);
    await expectSame('id, hidden, value, secret', [1, 3]);
    await expectSame('value, hidden, id', [1]);
  });

  it('beside a masked one that is large as well is the same', async () => {
    await fill(17 * MB, 17 * MB);
    await expectSame('id, hidden, value, secret', [1, 3]);
  });

  it('is the same in a stream', async () => {
    await fill(17 * MB, 10);
    for (const via of VIAS) {
      const [seen, plain] = await Promise.all(
        [pool, stock].map((each) => streamed(each, via, 'SELECT value, secret FROM large ORDER BY id')),
      );
      expect(seen).toEqual(plain?.map((row) => ({ ...(row as object), secret: MASKED })));
    }
  });
});

// A packet that is full says that the row goes on in the next one, which may be empty.
describe.each(VIAS)('a row by %s', (via) => {
  it.each([
    ['fits a packet, masked as well', PACKET_BYTES - GROWTH - 1],
    ['fills a packet when it is masked', PACKET_BYTES - GROWTH],
    ['grows beyond a packet when it is masked', PACKET_BYTES - GROWTH + 1],
    ['fills a packet but for a byte before it is masked', PACKET_BYTES - 1],
    ['fills a packet before it is masked', PACKET_BYTES],
    ['fills a packet and a byte of the next before it is masked', PACKET_BYTES + 1],
    ['fills two packets when it is masked', 2 * PACKET_BYTES - GROWTH],
    ['grows beyond two packets when it is masked', 2 * PACKET_BYTES - GROWTH + 1],
    ['fills two packets before it is masked', 2 * PACKET_BYTES],
  ])('that %s is the same', async (_what, rowBytes) => {
    await fill(valueOf(rowBytes, via), 0);
    await expectSame('secret, value', [0], [via]);
  });
});
