/** What every transport has to carry, and a second transport that says exactly what that was. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { AuditTrail, Transport } from '../../src/audit/index.js';
import { openTrail, receiver, record, temporaryDirectory } from '../audit/trail-fixtures.js';

const COUNT = 10_000;
const LONG = 60_000;

/** Text with everything that a format could stumble over; one in ten thousand is 60 kB long. */
export function statementText(no: number): string {
  const text = `SELECT ${no} AS "número" -- ünïcödé 漢字 😀 ] = | \\ ' "\n\tFROM t\r\n\u007f\u2028 WHERE a = '\u0001\ufeff'`;
  return no === COUNT / 2 ? text.padEnd(LONG, ' /* long */') : text;
}

/** A trail whose records go to the transport and are kept here. */
export interface WitnessedTrail {
  readonly trail: AuditTrail;
  /** The JSON of every record that was handed out, in order. */
  readonly sent: readonly string[];
}

export async function witnessedTrail(transport: Transport): Promise<WitnessedTrail> {
  const witness = receiver('witness');
  const directory = temporaryDirectory();
  const trail = await openTrail({ directory, transports: [transport, witness.transport], drainDeadlineMs: 60_000 });
  return { trail, sent: witness.all };
}

/** Those of records that are of statements: there are signed checkpoints beside. */
export function statementsIn(sent: readonly string[]): readonly string[] {
  return sent.filter((json) => json.includes('"type":"statement"'));
}

/** Records statements, and lets the event loop have its turns. */
export async function recordMany(trail: AuditTrail, from: number, to: number): Promise<void> {
  for (let no = from; no <= to; no++) {
    record(trail, no, statementText(no));
    if (no % 500 === 0) await delay(0);
  }
}

/**
 * Sends 10,000 records, and checks that exactly those were received, byte for byte.
 * @param received - what the receiver has, as often as it is asked
 */
export async function expectTenThousand(
  transport: Transport,
  received: () => Promise<readonly string[]>,
): Promise<void> {
  const { trail, sent } = await witnessedTrail(transport);
  await recordMany(trail, 1, COUNT);
  await trail.close();
  expect(trail.stats().transports).toMatchObject([{ pendingBytes: 0 }, { pendingBytes: 0 }]);
  expect(statementsIn(sent)).toHaveLength(COUNT);
  await expectReceived(received, sent);
}

/** Waits until as many are there, and compares them without regard to their order. */
export async function expectReceived(
  received: () => Promise<readonly string[]>,
  sent: readonly string[],
): Promise<void> {
  let found = await received();
  for (const end = Date.now() + 10_000; found.length < sent.length && Date.now() < end; await delay(50)) {
    found = await received();
  }
  expect(found).toHaveLength(sent.length);
  const missing = new Set(sent);
  for (const text of found) missing.delete(text);
  expect([...missing].slice(0, 3)).toEqual([]);
}
