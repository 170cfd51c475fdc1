import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { eventually } from '../audit/trail-fixtures.js';
import { ProxyCommand } from './proxy-command.js';
import { runCommand } from './run-command.js';

let command: ProxyCommand;
beforeEach(async () => {
  command = await ProxyCommand.prepare(inject('database'));
});
afterEach(() => command.end());

it('takes another policy at SIGHUP, refuses all while it cannot be loaded, and ends at SIGTERM', async () => {
  await command.writeConfig();
  await command.start();
  const connection = await command.connect();
  await connection.query('INSERT INTO notes VALUES (1)');
  await command.writeConfig({ policy: 'readOnlyPolicy()' });
  await command.reload();
  await expect(connection.query('INSERT INTO notes VALUES (2)')).rejects.toMatchObject({ errno: 1227 });
  await command.writeConfig({ policy: 'noSuchPolicy()' });
  await command.reload();
  await expect(connection.query('SELECT 1')).rejects.toMatchObject({
    sqlMessage: expect.stringMatching(/^(?!.*noSuchPolicy).*policy-unavailable/) as string,
  });
  expect(command.log).toContain('noSuchPolicy');
  await command.writeConfig();
  await command.reload();
  await connection.query('INSERT INTO notes VALUES (3)');
  await connection.end();
  expect(await command.stop()).toEqual([0, null]);
  const texts = (await command.records()).flatMap((line) => {
    const { type, statement, outcome } = JSON.parse(line) as Record<string, { text: string; status: string }>;
    return (type as unknown) === 'statement' ? [`${statement?.text} ${outcome?.status}`] : [];
  });
  expect(texts).toEqual([
    'INSERT INTO notes VALUES (1) ok',
    'INSERT INTO notes VALUES (2) denied',
    'SELECT 1 denied',
    'INSERT INTO notes VALUES (3) ok',
  ]);
  expect(command.log).not.toContain('INSERT');
}, 60_000);

it.each([
  { how: 'one process', flags: [] },
  { how: 'two processes', flags: ['--workers', '2'] },
])(
  'opens and closes listeners of $how at SIGHUP, and ends no session',
  async ({ flags }) => {
    const socketPath = join(command.folder, 'agent.sock');
    const socket = `{ socketPath: ${JSON.stringify(socketPath)} },`;
    await command.writeConfig();
    await command.start(...flags);
    const connection = await command.connect();
    await command.writeConfig({ listeners: socket });
    await command.reload();
    const isThere = (): Promise<boolean> =>
      access(socketPath).then(
        () => true,
        () => false,
      );
    await eventually(isThere);
    await command.writeConfig({ listeners: `${socket} { port: 0, tls: { certFile: 'none', keyFile: 'none' } },` });
    await command.reload();
    await eventually(() => command.log.includes('the configuration could not be reloaded'));
    expect(await isThere()).toBe(true);
    await connection.query('INSERT INTO notes VALUES (1)');
    await command.writeConfig();
    await command.reload();
    await eventually(async () => !(await isThere()));
    await connection.query('INSERT INTO notes VALUES (2)');
    await connection.end();
  },
  60_000,
);

it('says what is wrong with its configuration', async () => {
  const missing = await runCommand(['proxy', '--config', join(command.folder, 'nothing.ts')]);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('cannot be loaded') as string });
  const empty = join(command.folder, 'empty.mjs');
  await writeFile(empty, 'export default { governor: {} };');
  expect((await runCommand(['proxy', '--config', empty])).err).toContain('has no member proxy');
  await writeFile(empty, 'export default 7;');
  expect((await runCommand(['proxy', '--config', empty])).err).toContain('has no default export');
});
