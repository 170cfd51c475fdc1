import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, it, vi } from 'vitest';
import { startDatabase } from './index.js';

const database = inject('database');
const { host, port, user, password, ca = '' } = database;
const url = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${String(port)}`;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-given-'));
  writeFileSync(join(folder, 'ca.pem'), ca);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('takes the server that COUNTERSIGN_TEST_URL names and leaves it running', async () => {
  vi.stubEnv('COUNTERSIGN_TEST_URL', url);
  vi.stubEnv('COUNTERSIGN_TEST_CA', ca === '' ? undefined : join(folder, 'ca.pem'));
  for (const round of [1, 2]) {
    const given = await startDatabase();
    const { flavour, version } = database;
    expect({ round, ...given }).toMatchObject({ round, flavour, version, host, port, user, password, owned: false });
    expect(given.ca ?? '').toBe(ca);
    await given.stop();
  }
});

it('refuses a given server of another family than was asked for', async () => {
  vi.stubEnv('COUNTERSIGN_TEST_URL', url);
  const other = database.flavour === 'mysql' ? 'mariadb' : 'mysql';
  await expect(startDatabase({ flavour: other })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: expect.stringContaining(`but ${other} was asked for`) as string,
  });
});

it.each(['nonsense', 'http://root@127.0.0.1', 'mysql://127.0.0.1:3306'])('refuses the URL %s', async (wrong) => {
  vi.stubEnv('COUNTERSIGN_TEST_URL', wrong);
  await expect(startDatabase()).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: 'COUNTERSIGN_TEST_URL has to read mysql://user:password@host:port',
  });
});

it('says that a given server does not let us in, without the password', async () => {
  vi.stubEnv('COUNTERSIGN_TEST_URL', `mysql://root:wrong-secret@${host}:${String(port)}`);
  const refused = startDatabase();
  await expect(refused).rejects.toMatchObject({ code: 'CONNECTION_UNSUPPORTED' });
  await expect(refused).rejects.not.toThrow(/wrong-secret/);
});
