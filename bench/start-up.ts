import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pairedResult } from './report/paired-result.js';
import { spreadOf } from './report/spread.js';
import type { Result } from './report/result.js';
import type { Scenario } from './scenario.js';

const run = promisify(execFile);

const ROUNDS_FOR_EACH = 3;
const MOST_ADDED_MS = 150;

/** The scenario: what `--import countersign/register` adds to the start of a program. */
export const startUp: Scenario = {
  name: 'start-up',
  about: 'an empty program with and without countersign/register',
  run: async ({ rounds }) => results(await measure(rounds * ROUNDS_FOR_EACH)),
};

function results(pairs: readonly (readonly [bare: number, registered: number])[]): readonly Result[] {
  const added = spreadOf(pairs.map(([bare, registered]) => registered - bare));
  const goal = { of: 'measured', is: 'at most', limit: MOST_ADDED_MS } as const;
  return [
    pairedResult(['start-up', 'start of a program'], pairs, { unit: 'ms', by: 'bare' }),
    { scenario: 'start-up', name: 'added', unit: 'ms', measured: added, goal },
  ];
}

/** Starts an empty program, bare and with a governor whose agent's token is verified with a key at hand: nobody is asked over the network. */
async function measure(rounds: number): Promise<readonly (readonly [number, number])[]> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-start-'));
  const config = join(directory, 'countersign.config.mjs');
  await writeFile(config, await configuration(directory));
  const start = async (args: readonly string[]): Promise<number> => {
    const before = performance.now();
    await run(process.execPath, [...args, '--eval', ''], { env: { ...process.env, COUNTERSIGN_CONFIG: config } });
    return performance.now() - before;
  };
  const pairs: (readonly [number, number])[] = [];
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    const pair = [await start([]), await start(['--import', import.meta.resolve('countersign/register')])] as const;
    if (round >= 0) pairs.push(pair);
  }
  await rm(directory, { recursive: true, force: true });
  return pairs;
}

async function configuration(directory: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const [issuer, audience] = ['urn:bench', 'urn:database'];
  const claims = new SignJWT().setIssuer(issuer).setAudience(audience).setSubject('bench').setIssuedAt();
  const token = await claims.setExpirationTime('1h').setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  const keys = { keys: [await exportJWK(publicKey)] };
  return `import { createTokenVerifier, fileTransport } from ${JSON.stringify(import.meta.resolve('countersign'))};
const verifier = createTokenVerifier(${JSON.stringify({ issuer, audience, keys })});
export default async () => ({
  governor: {
    identity: await verifier.verify(${JSON.stringify(token)}),
    audit: {
      directory: ${JSON.stringify(join(directory, 'journal'))},
      transports: [fileTransport({ path: ${JSON.stringify(join(directory, 'records.jsonl'))} })],
    },
  },
});
`;
}
