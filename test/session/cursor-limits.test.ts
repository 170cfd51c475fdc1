import { afterEach, describe, expect, inject, it } from 'vitest';

import { govern } from '../../adapters/mysql2/index.js';
import { Sight } from '../../attacks/answer.js';
import { driverChannel } from '../../attacks/raw/driver-channel.js';
import { type PacketChannel, writeCommand } from '../../attacks/raw/packet-channel.js';
import { AnswerReader } from '../../attacks/raw/read-answer.js';
import { openConnection } from '../../attacks/way.js';
import { type AnswerLimits, boundedPolicy, defineRule } from '../../src/guardrails/index.js';
import { Command } from '../../src/wire/constants.js';
import { type Governed, startGoverned } from '../governed/index.js';

const database = inject('database');
const CURSOR = Buffer.from([1, 1, 0, 0, 0]);
let governed: Governed;
let channel: PacketChannel;

afterEach(async () => {
  channel.close();
  await governed.close();
});

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A statement that is prepared, on a governed connection with hand-made packets: mysql2 opens no cursors. */
async function start(limits: AnswerLimits): Promise<{ open(): Promise<void>; fetch(rows: number): Promise<unknown> }> {
  const rules = [...boundedPolicy().rules, defineRule({ name: 'small', effect: 'warn', limits })];
  governed = await startGoverned(database, {
    statements: [
      'CREATE TABLE notes (id INT PRIMARY KEY)',
      `INSERT INTO notes VALUES ${Array.from({ length: 100 }, (_, id) => `(${id})`).join(',')}`,
    ],
    policy: { name: 'test', rules },
  });
  const { user, password, database: name } = governed.schema.connection;
  channel = await driverChannel(database, { user, password, database: name }, (options, prepare) =>
    openConnection(options, (opening) => {
      prepare(opening);
      govern(opening, governed.governor);
    }),
  );
  let rows = 0;
  const sight = new Sight();
  sight.addBytes = (bytes): void => {
    if (bytes[0] === 0) rows += 1;
  };
  const reader = new AnswerReader(channel, sight);
  writeCommand(channel, Command.STMT_PREPARE, 'SELECT id FROM notes');
  const id = uint32((await reader.prepared()) as number);
  return {
    open: async () => {
      writeCommand(channel, Command.STMT_EXECUTE, id, CURSOR);
      expect((await reader.results('binary')).error).toBeUndefined();
    },
    fetch: async (count) => {
      rows = 0;
      writeCommand(channel, Command.STMT_FETCH, id, uint32(count));
      const { error } = await reader.untilEnd();
      return [rows, error?.errno];
    },
  };
}

describe('the rows of a cursor', () => {
  it('are counted over all fetches, and anew where it is opened again', async () => {
    const { open, fetch } = await start({ maxRows: 25 });
    for (let round = 0; round < 2; round += 1) {
      await open();
      expect(await fetch(10)).toEqual([10, undefined]);
      expect(await fetch(10)).toEqual([10, undefined]);
      expect(await fetch(10)).toEqual([5, 1317]);
      expect(await fetch(10)).not.toEqual([10, undefined]);
    }
    const records = await governed.records();
    const fetched = records.filter(({ statement }) => statement.command === 'COM_STMT_FETCH');
    expect(fetched.map(({ outcome }) => outcome.rows).slice(0, 3)).toEqual([10, 10, 5]);
    expect(fetched[2]?.outcome.limited).toEqual({ rule: 'small', limit: 'rows' });
  });

  it('end where the limit is reached, if the rule says so', async () => {
    const { open, fetch } = await start({ maxRows: 15, onExceed: 'truncate' });
    await open();
    expect(await fetch(10)).toEqual([10, undefined]);
    expect(await fetch(10)).toEqual([5, undefined]);
    const [rows] = (await fetch(10)) as [number];
    expect(rows).toBe(0);
  });
});
