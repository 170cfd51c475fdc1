import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleStatements } from '../test/fuzz/sample-statements.js';
import type { Result } from './report/result.js';
import { spreadOf } from './report/spread.js';
import type { Scenario } from './scenario.js';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
const STATEMENTS = 100_000;
const MOST_MS = 120_000;
const MAX_OUTPUT = 2 ** 30;

/** The scenario. */
export const checkCommand: Scenario = {
  name: 'check',
  about: `countersign check --json of ${STATEMENTS} statements, none of which it has seen before`,
  run: async ({ rounds }) => [await results(Math.ceil(rounds / 3))],
};

async function results(rounds: number): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-check-'));
  const file = join(directory, 'statements.jsonl');
  const samples = sampleStatements();
  // In ever another schema, so that none is known from before.
  const lines = Array.from({ length: STATEMENTS }, (_, no) => {
    const sql = samples[no % samples.length] ?? '';
    return JSON.stringify({ sql, schema: `shop_${Math.floor(no / samples.length)}` });
  });
  await writeFile(file, lines.join('\n'));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = performance.now();
    const args = [PROGRAM, 'check', '--json', '--schema', 'shop', '--file', file];
    const { stdout } = await run(process.execPath, args, { maxBuffer: MAX_OUTPUT });
    const answered = stdout.trimEnd().split('\n').length;
    if (answered < STATEMENTS) throw new Error(`check answered ${answered} of ${STATEMENTS} statements`);
    times.push(performance.now() - before);
  }
  await rm(directory, { recursive: true, force: true });
  const goal = { of: 'measured', is: 'at most', limit: MOST_MS } as const;
  return { scenario: 'check', name: `${STATEMENTS} statements`, unit: 'ms', measured: spreadOf(times), goal };
}
