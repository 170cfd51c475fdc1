/**
 * `npm run attacks -- [FILE]`: runs a file of attacks against a governed connection on a real server.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { isCountersignError } from '../src/errors.js';
import { readAttackFile } from './attack-file.js';
import { describeResults, resultLine, surprises } from './report.js';
import { runAttacks, type RunOptions } from './run-attacks.js';

const USAGE = `npm run attacks -- [FILE] [--via embedded|proxy] [--only guardrail|masking] [--server URL] [--unprotected] [--json]`;
const FAILED = 1;
const WRONG_USE = 2;

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n${USAGE}\n`);
  process.exit(WRONG_USE);
}

interface Arguments {
  readonly file: string | URL;
  readonly via: 'embedded' | 'proxy';
  readonly only: RunOptions['only'];
  readonly server: string | undefined;
  readonly unprotected: boolean;
  readonly json: boolean;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        via: { type: 'string', default: 'embedded' },
        only: { type: 'string' },
        server: { type: 'string' },
        unprotected: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { via, only } = values;
    if (via !== 'embedded' && via !== 'proxy') refuse(`--via ${via}: embedded or proxy.`);
    if (only !== undefined && only !== 'guardrail' && only !== 'masking')
      refuse(`--only ${only}: guardrail or masking.`);
    if (positionals.length > 1) refuse('Only one FILE can be run.');
    const { server, unprotected, json } = values;
    return { via, only, server, unprotected, json, file: positionals[0] ?? new URL('attacks.jsonl', import.meta.url) };
  } catch (error) {
    return refuse(String(error));
  }
}

const { file, via, only, server, unprotected, json } = readArguments();
try {
  const results = await runAttacks(await readAttackFile(file), {
    unprotected,
    via,
    ...(only !== undefined && { only }),
    ...(server !== undefined && { server }),
    ...(json && { onResult: (result) => process.stdout.write(`${resultLine(result)}\n`) }),
  });
  if (!json) process.stdout.write(describeResults(results, { unprotected }));
  process.exitCode = surprises(results, { unprotected }).length === 0 ? 0 : FAILED;
} catch (error) {
  if (!isCountersignError(error)) throw error;
  refuse(error.message);
}
