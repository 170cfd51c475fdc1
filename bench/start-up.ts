import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { median } from './compare.js';

/** What `--import countersign/register` adds to the start of a program, in milliseconds: medians of the rounds. */
export interface StartUp {
  readonly bareMs: number;
  readonly registeredMs: number;
}

const run = promisify(execFile);

/** Starts an empty program, bare and with a governor whose agent's token is verified with a key at hand: nobody is asked over the network. */
export async function startUp(rounds: number): Promise<StartUp> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-start-'));
  const config = join(directory, 'countersign.config.mjs');
  await writeFile(config, await configuration(directory));
  const start = async (args: readonly string[]): Promise<number> => {
    const before = performance.now();
    await run(process.execPath, [...args, '--eval', ''], { env: { ...process.env, COUNTERSIGN_CONFIG: config } });
    return performance.now() - before;
  };
  const [bare, registered]: [number[], number[]] = [[], []];
  // The first round warms up.
  for (let round = -1; round < rounds; round += 1) {
    const times = [await start([]), await start(['--import', import.meta.resolve('countersign/register')])] as const;
    if (round < 0) continue;
    bare.push(times[0]);
    registered.push(times[1]);
  }
  await rm(directory, { recursive: true, force: true });
  return { bareMs: median(bare), registeredMs: median(registered) };
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
