import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { httpTransport } from '../../src/transports/index.js';
import { findPrograms } from '../database/find-program.js';
import { run } from '../database/run.js';
import { readDocuments } from './read-documents.js';

const folder = new URL('../../deploy/', import.meta.url);
const config = await readFile(new URL('countersign.config.ts', folder), 'utf8');
const wanted = [...config.matchAll(/(?:need|secret|list)\('(\w+)'\)/g)].map(([, name]) => name ?? '');

it('the files of Kubernetes are whole, and give the configuration what it needs', async () => {
  const files = await readdir(new URL('kubernetes/', folder));
  const all = (await Promise.all(files.map((file) => readDocuments(`kubernetes/${file}`)))).flat();
  for (const object of all) {
    expect(object).toMatchObject({
      apiVersion: expect.any(String),
      kind: expect.any(String),
      metadata: { name: expect.any(String) },
    });
  }
  const settings = all.find(({ kind }) => kind === 'ConfigMap') as { data: Record<string, string> };
  expect(wanted.length).toBeGreaterThan(5);
  expect(Object.keys(settings.data)).toEqual(expect.arrayContaining(wanted));
  expect(Object.keys(settings.data).filter((name) => !config.includes(name))).toEqual([]);
});

it('the file of Compose gives the configuration what it needs, and an address that records may go to', async () => {
  const [compose] = await readDocuments('compose.yaml');
  const { proxy } = compose?.['services'] as Record<string, { environment: Record<string, string> }>;
  expect(Object.keys(proxy?.environment ?? {})).toEqual(expect.arrayContaining(wanted));
  expect(Object.keys(proxy?.environment ?? {}).filter((name) => !config.includes(name))).toEqual([]);
  expect(() => httpTransport({ url: proxy?.environment['COLLECTOR_URL'] ?? '' })).not.toThrow();
});

it('the script makes every secret that Compose mounts, and certificates that fit', async () => {
  const made = await mkdtemp(join(tmpdir(), 'countersign-secrets-'));
  const script = fileURLToPath(new URL('make-secrets.sh', folder));
  expect((await run('sh', [script, made])).ok).toBe(true);
  const [compose] = await readDocuments('compose.yaml');
  for (const { file } of Object.values(compose?.['secrets'] as Record<string, { file: string }>)) {
    expect((await readFile(join(made, file.replace('./secrets/', '')))).length).toBeGreaterThan(0);
  }
  const ca = new X509Certificate(await readFile(join(made, 'database-ca.pem')));
  for (const [file, key, host] of [
    ['database-cert.pem', 'database-key.pem', 'database'],
    ['tls/tls.crt', 'tls/tls.key', 'localhost'],
  ] as const) {
    const certificate = new X509Certificate(await readFile(join(made, file)));
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkHost(host)).toBe(host);
    expect(certificate.checkPrivateKey(createPrivateKey(await readFile(join(made, key))))).toBe(true);
  }
  await rm(made, { recursive: true, force: true });
});

it('systemd takes the unit', async (context) => {
  const [verifier] = findPrograms(['systemd-analyze']);
  if (verifier === undefined) context.skip('there is no systemd-analyze here');
  const unit = new URL('countersign-proxy.service', folder).pathname;
  const { output } = await run(verifier ?? '', ['verify', '--man=no', unit]);
  // What it starts is not installed here.
  const problems = output
    .split('\n')
    .filter((line) => line.includes('countersign-proxy') && !line.includes('is not executable'));
  expect(problems).toEqual([]);
});
