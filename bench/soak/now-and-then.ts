import { setTimeout } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../test/database/readiness.js';
import type { DatabaseAddress } from '../../test/database/index.js';
import type { SoakCollector } from './collector.js';

const TURN_MS = 200;

/**
 * Does something again and again.
 * @param everySeconds between the end of one and the beginning of the next
 * @returns how often it was done until it was over
 */
export async function nowAndThen(
  everySeconds: number,
  isOver: () => boolean,
  run: () => Promise<void>,
): Promise<number> {
  for (let times = 0; ; times += 1) {
    const until = performance.now() + everySeconds * 1_000;
    while (performance.now() < until) {
      if (isOver()) return times;
      await setTimeout(TURN_MS);
    }
    await run();
  }
}

/** Kills a collector, and starts it again after a while. */
export async function killAndStart(collector: SoakCollector): Promise<void> {
  await collector.end('SIGKILL');
  await setTimeout(1_000 + Math.random() * 2_000);
  await collector.start();
}

/** Cuts every connection of an account on the server's side. */
export async function cutConnections(database: DatabaseAddress, user: string): Promise<void> {
  const admin = await createConnection(connectionOptions(database));
  const [rows] = await admin.query<(RowDataPacket & { id: number })[]>(
    'SELECT id AS id FROM information_schema.processlist WHERE user = ?',
    [user],
  );
  for (const { id } of rows) {
    // It may have ended by itself.
    await admin.query(`KILL CONNECTION ${id}`).catch(() => undefined);
  }
  await admin.end();
}
