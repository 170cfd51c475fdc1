/**
 * `npm run corpus -- [FILE…|DIR…] [--json] [--limit N]`: how much of what a live server accepts is understood, and whether a table is missed.
 * A throw-away server prepares each distinct statement, and what is missing is made until it does; nothing is executed. Without files, the
 * corpus is the server's own test suite, from Debian's package `mariadb-test-data`. `--limit` (20,000) takes an even sample. Takes about 40
 * seconds for 10,000 statements on a core that is free. Fails where a table of DML is missed, or a write of it is read as a read.
 *
 * @module
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { isCountersignError } from '../../src/errors.js';
import { createAnalyser } from '../../src/sql/index.js';
import { startDatabase } from '../database/index.js';
import { compare } from './comparison.js';
import { readCorpus, sampleOf } from './corpus-statement.js';
import { suiteFolder } from './debian-suite.js';
import { dialectOf } from './dialect.js';
import { Prober } from './prober.js';
import { asJson, asText } from './report.js';
import { Tally } from './tally.js';

const DEFAULT_LIMIT = 20_000;
const PROGRESS_EVERY_MS = 5_000;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, limit: { type: 'string' } },
  allowPositionals: true,
});
try {
  await measure();
} catch (error) {
  if (!isCountersignError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function measure(): Promise<void> {
  const cache = join(tmpdir(), 'countersign-corpus');
  const { files, total, distinct } = readCorpus(positionals.length > 0 ? positionals : [await suiteFolder(cache)]);
  const sample = sampleOf(distinct, Math.max(1, Number(values.limit ?? DEFAULT_LIMIT)));
  const database = await startDatabase({ serverOptions: ['--default-storage-engine=MyISAM'] });
  const prober = await Prober.open(database);
  const analyser = createAnalyser();
  const scope = analyser.scope(dialectOf(database), 'test', await prober.sqlMode());
  const tally = new Tally();
  const start = performance.now();
  let progress = start;
  for (const [index, statement] of sample.entries()) {
    const probe = await prober.probe(statement);
    if (probe.error === undefined) tally.add(compare(statement, probe, analyser, scope));
    if (performance.now() - progress < PROGRESS_EVERY_MS) continue;
    progress = performance.now();
    process.stderr.write(`${String(index + 1)} of ${String(sample.length)} statements\n`);
  }
  const seconds = (performance.now() - start) / 1000;
  const facts = {
    server: database.version,
    files,
    statements: total,
    distinct: distinct.length,
    probed: sample.length,
    seconds,
  };
  await prober.close();
  await database.stop();
  process.stdout.write(values.json === true ? `${JSON.stringify(asJson(facts, tally))}\n` : asText(facts, tally));
  if (tally.dmlFaults.length > 0) process.exitCode = 1;
}
