import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { run } from '../database/run.js';
import { ours } from './manifests.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/src/cli/main.js');

/** What a probe of Kubernetes sees, which does not look at the name of a certificate. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

it('the collector starts with the arguments of its manifest, and answers its probes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-kubernetes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  expect((await run('sh', [join(root, 'deploy/make-secrets.sh'), join(folder, 'made')])).ok).toBe(true);
  for (const [made, mounted] of [
    ['collector-token', 'etc/countersign/secrets/token'],
    ['collector-writer-token', 'etc/countersign/secrets/writer-token'],
    ['collector-cert.pem', 'etc/countersign/tls/tls.crt'],
    ['collector-key.pem', 'etc/countersign/tls/tls.key'],
  ] as const) {
    await cp(join(folder, 'made', made), join(folder, mounted), { recursive: true });
  }
  const container = ours.find(({ name }) => name === 'collector');
  // The last of an option counts.
  const args = (container?.args ?? []).map((arg) => arg.replace(/=\/(?=etc|var)/, `=${folder}/`));
  const child = spawn(process.execPath, [cli, ...args, '--port=0', '--host=127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'close');
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const port = /:(\d+)$/.exec(line)?.[1];
  expect(line).toContain('https://');
  const { readinessProbe, livenessProbe } = container ?? {};
  for (const probe of [readinessProbe, livenessProbe]) {
    expect(probe?.httpGet?.scheme).toBe('HTTPS');
    expect(await statusOf(`https://127.0.0.1:${port}${probe?.httpGet?.path}`)).toBe(200);
  }
});
