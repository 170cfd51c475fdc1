import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach } from 'vitest';

import {
  createAuditTrail,
  type AuditTrail,
  type AuditTrailOptions,
  type StatementRecord,
  type Transport,
} from '../../src/audit/index.js';
import { START } from '../../src/audit/delivery-cursor.js';
import type { RecordTree } from '../../src/audit/merging/record-stream.js';
import { functionTransport } from '../../src/transports/index.js';
import { OK, statementIntent } from './statement-samples.js';

const cleanups: (() => unknown)[] = [];

/** Runs after the test that is running. The last one given runs first. */
export function afterThisTest(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-audit-'));
  afterThisTest(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Records a statement that ends well, as soon as its intent is written. */
export function record(trail: AuditTrail, no: number, text?: string): void {
  trail.outcome(begin(trail, no, text), OK);
}

/** Records a statement that could be sent now. Returns its ticket. */
export function begin(trail: AuditTrail, no: number, text?: string): number {
  const ticket = trail.intent(statementIntent(no, text));
  trail.flush();
  return ticket;
}

/** A trail that is closed after the test. Batches wait 5 ms. */
export async function openTrail(options: AuditTrailOptions): Promise<AuditTrail> {
  const trail = await createAuditTrail({ batchAgeMs: 5, drainDeadlineMs: 2000, ...options });
  afterThisTest(() => trail.close());
  return trail;
}

/** A receiver in this process that takes everything. */
export interface Receiver {
  readonly transport: Transport;
  /** What it has got, in order, repeated ones included. */
  readonly all: string[];
  /** Of it, what is no checkpoint. */
  readonly json: string[];
  /** The same, parsed. */
  records(): StatementRecord[];
  /** The numbers of the statements. */
  numbers(): (number | undefined)[];
}

/** Whether a record is a checkpoint. */
export const isCheckpoint = (json: string): boolean => json.startsWith('{"v":1,"type":"checkpoint"');

/** The journals that stand in an audit directory. */
export const journalsIn = (directory: string): string[] => readdirSync(directory).filter((name) => name.includes('@'));

export function receiver(name = 'function'): Receiver {
  const all: string[] = [];
  const json: string[] = [];
  const records = (): StatementRecord[] => json.map((text) => JSON.parse(text) as StatementRecord);
  const take = async (batch: { records: readonly Buffer[] }): Promise<void> => {
    const texts = batch.records.map((bytes) => bytes.toString());
    all.push(...texts);
    json.push(...texts.filter((text) => !isCheckpoint(text)));
  };
  return {
    transport: functionTransport(take, { name }),
    all,
    json,
    records,
    numbers: () => records().map((found) => found.session.statement_no),
  };
}

/** Waits for something to come true, at most 10 seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, what = 'the condition'): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; await delay(10)) if (await condition()) return;
  throw new Error(`${what} did not come true`);
}

/** Checks numbers and hashes of the records of each writer, given in order. Returns what is wrong. */
export function brokenLink(json: readonly string[]): string | undefined {
  const chains = new Map<string, { seq: number; prev: string }>();
  for (const text of json) {
    const { writer } = JSON.parse(text) as StatementRecord;
    const last = chains.get(writer.id);
    const seq = (last?.seq ?? 0) + 1;
    if (writer.seq !== seq) return `number ${writer.seq} where ${seq} belongs`;
    if (writer.prev !== last?.prev) return `record ${writer.seq} does not follow the one before it`;
    chains.set(writer.id, { seq, prev: createHash('sha256').update(text).digest('base64url') });
  }
  return undefined;
}

/** A tree that nobody asks for. */
export const NO_TREE: RecordTree = { add: () => undefined, frontier: () => START.tree };

export const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
