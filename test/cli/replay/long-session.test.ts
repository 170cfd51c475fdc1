import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, inject, test, vi } from 'vitest';

import { createCollector } from '../../../src/collector/index.js';
import { afterThisTest, temporaryDirectory } from '../../audit/trail-fixtures.js';
import { createSchema } from '../../database/schema.js';
import { type Ended, runCommand } from '../run-command.js';
import { asLines, statementRecord } from '../session-records.js';
import { urlOf } from './replayed-session.js';

// Each run is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });

const database = inject('database');
const COUNT = 10_000;
const BATCH = 500;
/** Heap of a process that holds the command itself, and not a session of more than twice as much beside. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=100' };

/** Records of one session, of `bytes` each, in batches. */
function* batches(bytes: number, namespace = 'shop'): Generator<object[]> {
  for (let from = 1; from <= COUNT; from += BATCH) {
    yield Array.from({ length: BATCH }, (_, index) => {
      const no = from + index;
      return statementRecord({ no, text: `SELECT ${no} -- ${'x'.repeat(bytes)}`, db: { namespace } });
    });
  }
}

async function* linesOf(bytes: number): AsyncGenerator<string> {
  for (const batch of batches(bytes)) yield asLines(batch);
}

const statementsIn = ({ out }: Ended): number => out.match(/^ {2}\+\d/gm)?.length ?? 0;

test('a session of 10,000 long statements is shown from a file, whatever it holds, in bounded memory', async () => {
  const file = join(temporaryDirectory(), 'records.jsonl');
  await pipeline(Readable.from(linesOf(24_000)), createWriteStream(file));
  const shown = await runCommand(['show', 's-1', '--file', file], HEAP);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(statementsIn(shown)).toBe(COUNT);
});

test('a session of 10,000 long statements is shown from a collector, and run again, in bounded memory', async () => {
  const schema = await createSchema(database);
  afterThisTest(() => schema.drop());
  const collector = await createCollector({ directory: temporaryDirectory(), maxBodyBytes: 64 * 1024 ** 2 });
  afterThisTest(() => collector.close());
  for (const records of batches(24_000, schema.name)) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(collector.recordsUrl, { method: 'POST', headers, body: JSON.stringify({ records }) });
    expect(await response.json()).toMatchObject({ stored: BATCH });
  }
  const shown = await runCommand(['show', 's-1', '--url', collector.url], HEAP);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(statementsIn(shown)).toBe(COUNT);
  const replayed = await runCommand(['replay', 's-1', '--url', collector.url, '--to', urlOf(schema)], HEAP);
  expect(replayed).toMatchObject({ code: 0, out: '10000 statements, 10000 as recorded, 0 differ\n', err: '' });
});
