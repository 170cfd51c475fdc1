import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventually } from '../audit/trail-fixtures.js';
import { ProxyCommand } from './proxy-command.js';

let command: ProxyCommand;
beforeEach(async () => {
  command = await ProxyCommand.prepare(inject('database'));
});
afterEach(() => command.end());

const TWO = ['--workers', '2'] as const;

/** Starts two processes, and waits for both. */
async function startTwo(members: string, listeners = ''): Promise<void> {
  await command.writeConfig({ members, listeners });
  await command.start(...TWO);
  await eventually(() => command.pids.size === 2);
}

/** Both processes take turns. */
function connectTo(agent: string, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => command.connect(agent)));
}

function failure(connecting: Promise<unknown>): Promise<unknown> {
  return connecting.then(
    () => 'was let in',
    (error: unknown) => (error as { errno: unknown }).errno,
  );
}

async function killOne(): Promise<void> {
  const [victim = 0] = command.pids;
  process.kill(victim, 'SIGKILL');
  await eventually(() => command.log.includes('a process of the proxy has ended'));
}

/** Connects, and goes away again. */
async function connected(agent: string): Promise<void> {
  await (await command.connect(agent)).end();
}

it('run on one port, and one that ends is started again', async () => {
  await startTwo('');
  const connections = await connectTo('anna', 4);
  await Promise.all(connections.map((connection, id) => connection.query(`INSERT INTO notes VALUES (${id})`)));
  for (const connection of connections) connection.on('error', () => undefined);
  await killOne();
  await eventually(() => command.pids.size === 3);
  const after = await command.connect();
  await after.query('INSERT INTO notes VALUES (9)');
  await after.end();
  for (const connection of connections) connection.destroy();
  expect(await command.stop()).toEqual([0, null]);
  const records = (await command.records()).join('\n');
  for (const id of [0, 1, 2, 3, 9]) expect(records).toContain(`INSERT INTO notes VALUES (${id})`);
}, 60_000);

describe('share their limits', () => {
  it('on connections of an agent, and in all', async () => {
    await startTwo('limits: { connections: 4, connectionsPerAgent: 3 },');
    const [first, ...others] = await connectTo('anna', 3);
    expect(await failure(command.connect('anna'))).toBe(1203);
    const [berts] = await connectTo('bert', 1);
    expect(await failure(command.connect('cora'))).toBe(1040);
    await first?.end();
    await eventually(async () => (await failure(connected('anna'))) === 'was let in');
    for (const connection of [...others, berts]) connection?.destroy();
  }, 60_000);

  it('and have back what one of them held that was killed', async () => {
    await startTwo('limits: { connections: 4 },');
    const connections = await connectTo('anna', 4);
    for (const connection of connections) connection.on('error', () => undefined);
    expect(await failure(command.connect('bert'))).toBe(1040);
    await killOne();
    await eventually(async () => (await failure(connected('bert'))) === 'was let in');
    for (const connection of connections) connection.destroy();
  }, 60_000);

  it('on failed logins of an address', async () => {
    await startTwo('limits: { failedLoginsPerMinute: 3 },');
    for (let tried = 0; tried < 3; tried += 1) expect(await failure(command.connect('anna', 'wrong'))).toBe(1045);
    expect(await failure(command.connect('anna'))).toBe(1129);
    expect(await failure(command.connect('anna'))).toBe(1129);
  }, 60_000);
});

it('show the figures of all of them', async () => {
  await startTwo('admin: { port: 0 },');
  const connections = await connectTo('anna', 4);
  const asked = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(`${command.adminUrl}/metrics`)).text()));
  for (const figures of asked) {
    expect(figures).toMatch(/^countersign_proxy_sessions 4$/m);
    expect(figures).toMatch(/^countersign_proxy_logins_total\{result="ok"\} 4$/m);
  }
  for (const connection of connections) connection.destroy();
}, 60_000);

it('know by the user of the operating system who has opened a socket', async () => {
  const socketPath = join(command.folder, 'agent.sock');
  const { tokenEndpoint, audience, issuer, clientId, clientSecret } = command.agents.credentials('bert');
  const client = JSON.stringify({ tokenEndpoint, audience, clientId, clientSecret });
  const tokens = JSON.stringify({ issuer, audience });
  const identity = `createTokenVerifier(${tokens}).verify(await clientCredentials(${client}).getToken())`;
  await startTwo(
    '',
    `{ socketPath: ${JSON.stringify(socketPath)}, peerIdentity: ((bert) => ({ uid }) => uid === ${process.getuid?.()} ? bert : undefined)(await ${identity}) },`,
  );
  for (let id = 0; id < 4; id += 1) {
    const connection = await createConnection({ user: 'whoever', socketPath, database: command.schema.name });
    await connection.query(`INSERT INTO notes VALUES (${id})`);
    await connection.end();
  }
  await command.stop();
  const statements = (await command.records()).flatMap((line) => {
    const record = JSON.parse(line) as {
      agent?: { subject: string };
      session?: { client: string };
      statement?: { text: string };
    };
    return record.statement?.text.startsWith('INSERT') === true ? [record] : [];
  });
  expect(statements.map(({ agent }) => agent?.subject)).toEqual(Array.from({ length: 4 }, () => 'agent-bert'));
  for (const { session } of statements)
    expect(session?.client).toBe(`local, uid ${process.getuid?.()}, pid ${process.pid}`);
}, 60_000);
