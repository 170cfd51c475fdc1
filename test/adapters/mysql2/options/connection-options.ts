import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import mysql, { type PoolOptions } from 'mysql2-newest';
import { expect } from 'vitest';
import { byQuery, eachWay, fails, type Front, type OptionCase, outcomeOf } from './option-case.js';
import { Capability } from '../../../../src/wire/constants.js';
import { poolOptions } from './pool-options.js';
import { resultOptions } from './result-options.js';

/** What mysql2's types leave out of a connection of its server, and of the server. */
interface ServerSide {
  serverHandshake(options: object): void;
  writeOk(options: object): void;
}
interface TcpSide {
  listen(port: number, host: string, done: () => void): void;
  close(): void;
}

const both = eachWay([{ id: 1 }, { id: 2 }]);
const DENIED = { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045, sqlState: '28000' };
const TWO = { sql: 'SELECT 1 AS a; SELECT 2 AS b' };
const [ONE_RESULT, TWO_RESULTS] = [[{ a: 1 }], [[{ a: 1 }], [{ b: 2 }]]];
const WHERE = { sql: 'SELECT DATABASE() AS name' };

/** What mysql2's own log says of a statement that reads the masked column. */
async function printed(front: Front, given: PoolOptions): Promise<unknown> {
  const { log, trace } = console;
  const lines: string[] = [];
  console.log = console.trace = (...args: unknown[]): void => void lines.push(args.map(String).join(' '));
  try {
    await front.pool(given).promise().query('SELECT text FROM secrets');
    await front.close();
  } finally {
    Object.assign(console, { log, trace });
  }
  const bytes = Buffer.from('plain').toString('hex');
  return { prints: lines.length > 0, plain: lines.some((line) => line.includes(bytes)) };
}

/** Connects to what takes a connection and says nothing. */
async function silence(front: Front, given: PoolOptions): Promise<unknown> {
  const sockets: Socket[] = [];
  const server: Server = createTcpServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const outcome = await outcomeOf(() =>
    front
      .pool({ ...given, port })
      .promise()
      .query('SELECT 1'),
  );
  for (const socket of sockets) socket.destroy();
  server.close();
  return outcome;
}

/** Which plugins a login asks for when the server wants another one, or when the user is changed. */
async function pluginsAsked(front: Front): Promise<unknown> {
  const asked: string[] = [];
  const authPlugins = Object.fromEntries(
    Object.entries(mysql.authPlugins).map(([name, make]) => {
      const plugin = (make as (options: object) => mysql.AuthPlugin)({});
      return [name, ((data) => (asked.push(name), plugin(data))) as mysql.AuthPlugin];
    }),
  );
  const connection = front.connection({ authPlugins });
  await connection.promise().query('SELECT 0');
  const { user, password, database } = front.place.connection;
  const changed = new Promise((resolve) => connection.changeUser({ user, password, database }, resolve));
  return { changed: await changed, rows: (await connection.promise().query('SELECT 1 AS n'))[0], asked };
}

/** mysql2 at both ends. */
async function throughOwnServer(front: Front): Promise<unknown> {
  const server = mysql.createServer((client) => {
    const { serverHandshake, writeOk } = client as unknown as ServerSide;
    client.on('query', () => writeOk.call(client, { affectedRows: 3 }));
    client.on('error', () => undefined);
    serverHandshake.call(client, {
      ...{ protocolVersion: 10, serverVersion: '8.0.0', connectionId: 1, statusFlags: 2, characterSet: 8 },
      capabilityFlags: 0xffffff ^ Capability.COMPRESS ^ Capability.SSL,
    });
  });
  await new Promise<void>((resolve) => (server as unknown as TcpSide).listen(0, '127.0.0.1', resolve));
  const { port } = (server as unknown as { readonly _server: Server })._server.address() as AddressInfo;
  const connection = front.connection({ host: '127.0.0.1', port, ssl: undefined } as object);
  connection.on('error', () => undefined);
  const outcome = await outcomeOf(async () => (await connection.promise().query('DO 1'))[0]);
  (server as unknown as TcpSide).close();
  return outcome;
}

class OwnPromise<T> extends Promise<T> {}

/** Every option that a connection or a pool can be given. */
export const connectionOptions: Readonly<Record<keyof PoolOptions, readonly OptionCase[]>> = {
  ...resultOptions,
  ...poolOptions,
  authPlugins: [{ as: "mysql2's, watched", run: pluginsAsked, shows: { rows: [{ n: 1 }] } }],
  authSwitchHandler: [
    {
      as: 'that refuses',
      given: { authSwitchHandler: (_: unknown, done: (error: Error) => void) => done(new Error('not this way')) },
    },
  ],
  charset: [
    { as: 'utf8mb4_bin', given: { charset: 'utf8mb4_bin' }, shows: both },
    {
      as: 'latin1_swedish_ci',
      given: { charset: 'latin1_swedish_ci' },
      shows: byQuery([{ label: 'ä one' }, {}]),
      governed: {
        shows: fails({ errno: 1105, message: expect.stringContaining('latin1') as string }),
        why: 'a character set other than UTF-8 would hide what a statement does',
      },
    },
  ],
  charsetNumber: [{ as: '45', given: { charsetNumber: 45 }, shows: both }],
  compress: [{ as: 'true', given: { compress: true }, shows: both }],
  connectAttributes: [{ as: 'of the program', given: { connectAttributes: { program_name: 'shop' } }, shows: both }],
  connectTimeout: [
    { as: '100 ms', given: { connectTimeout: 100 }, run: silence, shows: { error: { code: 'ETIMEDOUT' } } },
  ],
  database: [
    { as: 'none', given: { database: undefined }, sends: WHERE, shows: eachWay([{ name: null }]) },
    { as: 'another', given: { database: 'information_schema' }, sends: WHERE },
    { as: 'one that is not there', given: { database: 'nowhere' } },
  ],
  debug: [
    {
      as: 'true',
      given: { debug: true },
      run: printed,
      shows: { prints: true, plain: true },
      governed: { shows: { prints: true, plain: false }, why: 'mysql2 prints what it reads, which is masked' },
    },
  ],
  decimalNumbers: [
    { as: 'true', given: { decimalNumbers: true }, shows: eachWay([{ amount: 12.5 }, {}]) },
    { as: 'false', given: { decimalNumbers: false }, shows: eachWay([{ amount: '12.5000' }, {}]) },
  ],
  disableEval: [{ as: 'true', given: { disableEval: true }, shows: both }],
  enableCleartextPlugin: [{ as: 'true', given: { enableCleartextPlugin: true }, shows: both }],
  enableKeepAlive: [{ as: 'false', given: { enableKeepAlive: false }, shows: both }],
  flags: [
    {
      as: 'FOUND_ROWS',
      sends: { sql: 'UPDATE kinds SET label = label WHERE id = 2' },
      shows: eachWay({ affectedRows: 1 }),
    },
    {
      as: '-FOUND_ROWS',
      given: { flags: ['-FOUND_ROWS'] },
      sends: { sql: 'UPDATE kinds SET label = label WHERE id = 2' },
      shows: eachWay({ affectedRows: 0 }),
    },
    { as: 'MULTI_STATEMENTS', given: { flags: ['MULTI_STATEMENTS'] }, sends: TWO, shows: byQuery(TWO_RESULTS) },
  ],
  host: [
    { as: 'a name', given: { host: 'localhost' }, shows: both },
    { as: 'that does not exist', given: { host: 'nowhere.invalid' } },
  ],
  insecureAuth: [{ as: 'true', given: { insecureAuth: true }, shows: both }],
  isServer: [
    {
      as: 'set by mysql2 on the connections of its createServer',
      run: throughOwnServer,
      shows: { affectedRows: 3 },
      governed: {
        shows: { error: { code: 'PROTOCOL_VIOLATION' } },
        why: 'such a server cannot say what state its session is in: nothing is sent to it',
      },
    },
  ],
  jsonStrings: [
    { as: 'true', given: { jsonStrings: true }, shows: eachWay([{ doc: expect.any(String) as string }, {}]) },
    { as: 'false', given: { jsonStrings: false } },
  ],
  keepAliveInitialDelay: [{ as: '50', given: { keepAliveInitialDelay: 50 }, shows: both }],
  localAddress: [{ as: 'loopback', given: { localAddress: '127.0.0.1' }, shows: both }],
  multipleStatements: [
    { as: 'true', given: { multipleStatements: true }, sends: TWO, shows: byQuery(TWO_RESULTS) },
    {
      as: 'true, with one',
      given: { multipleStatements: true },
      sends: { sql: 'SELECT 1 AS a' },
      shows: eachWay(ONE_RESULT),
    },
    { as: 'false', given: { multipleStatements: false }, sends: TWO },
  ],
  password: [{ as: 'a wrong one', given: { password: 'wrong' }, shows: fails(DENIED) }],
  password1: [
    {
      as: 'in the place of password',
      given: ({ connection }) => ({ password: undefined, password1: connection.password }),
      shows: both,
    },
  ],
  password2: [{ as: 'nobody asks for', given: { password2: 'second' }, shows: both }],
  password3: [{ as: 'nobody asks for', given: { password3: 'third' }, shows: both }],
  passwordSha1: [
    {
      as: 'in the place of password',
      given: ({ connection }) => ({
        password: undefined,
        passwordSha1: createHash('sha1').update(connection.password).digest(),
      }),
    },
  ],
  port: [
    { as: 'a text', given: ({ connection }) => ({ port: String(connection.port) }), shows: both },
    { as: 'nobody listens on', given: { port: 1 }, shows: fails({ code: 'ECONNREFUSED' }) },
  ],
  Promise: [
    {
      as: 'of the program',
      run: (front) => {
        const asked = front
          .pool({})
          .promise(OwnPromise as PromiseConstructor)
          .query('SELECT 1 AS n');
        return asked.then(([rows]) => ({ own: asked instanceof OwnPromise, rows }));
      },
      shows: { own: true, rows: [{ n: 1 }] },
    },
  ],
  queryFormat: [
    {
      as: 'of the program',
      given: {
        queryFormat: (sql: string, values: Record<string, number>) =>
          sql.replaceAll(/:(\w+)/g, (_, name: string) => mysql.escape(values[name])),
      },
      sends: { sql: 'SELECT label FROM kinds WHERE id = :id', values: { id: 2 } },
      shows: byQuery([{ label: 'two' }]),
    },
  ],
  socketPath: [
    { as: "the server's", given: ({ socketPath }) => ({ socketPath: socketPath ?? '/nowhere' }) },
    { as: 'nobody listens on', given: { socketPath: '/nowhere' }, shows: fails({ code: 'ENOENT' }) },
  ],
  ssl: [
    { as: 'none', given: { ssl: undefined }, shows: both },
    { as: 'not verified', given: () => ({ ssl: { rejectUnauthorized: false } }), shows: both },
    {
      as: 'of another authority',
      given: { ssl: 'Amazon RDS' },
      shows: fails({ code: 'HANDSHAKE_SSL_ERROR' }),
    },
    {
      as: 'a profile that is not there',
      run: (front) => outcomeOf(() => front.pool({ ssl: 'none' }).promise().query('SELECT 1')),
    },
  ],
  stream: [
    {
      as: 'a function',
      given: ({ connection: { port, host } }) => ({ stream: () => connect(port, host) }),
      shows: both,
    },
    {
      as: 'a socket, where the schema is known',
      given: ({ connection: { port, host } }) => ({ stream: connect(port, host) }),
      shows: both,
    },
  ],
  stringifyObjects: [
    {
      as: 'true',
      given: { stringifyObjects: true },
      sends: { sql: 'SELECT ? AS text', values: [{ toString: () => 'written' }] },
      shows: byQuery([{ text: 'written' }]),
    },
    {
      as: 'false',
      sends: { sql: 'UPDATE kinds SET ? WHERE id = 2', values: [{ label: 'two' }] },
      queryOnly: true,
      shows: byQuery({ affectedRows: 1 }),
    },
  ],
  trace: [true, false].map((trace) => ({
    as: String(trace),
    given: { trace },
    run: async (front, given): Promise<unknown> => {
      const error = await front
        .pool(given)
        .promise()
        .query('SELECT nothing FROM kinds')
        .catch((cause: unknown) => cause);
      return (error as Error).stack?.includes('connection-options');
    },
  })),
  uri: [
    {
      as: 'with options',
      given: ({ connection: { user, password, host, port, database } }) => ({
        ...{ user: undefined, password: undefined, host: undefined, port: undefined, database: undefined },
        uri: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?dateStrings=true`,
      }),
      shows: eachWay([{ day: '2024-02-29' }, {}]),
    },
  ],
  user: [{ as: 'one that is not there', given: { user: 'nobody' }, shows: fails(DENIED) }],
};
