import { trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { withContext, withTask } from '../../src/index.js';
import { readTraceparent, traceparentOf } from '../../src/session/assertions.js';
import { readExecuteParameters, readQueryHead } from '../../src/wire/parameters.js';
import { openGeneralLog } from '../database/general-log.js';
import { type Governed, startGoverned } from '../governed/index.js';

const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 };
const HEADER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const provider = new NodeTracerProvider();
let governed: Governed | undefined;

beforeAll(() => provider.register());
afterAll(() => provider.shutdown());
afterEach(async () => {
  await governed?.close();
  governed = undefined;
});

it('reads traceparent as the specification has it', () => {
  expect(readTraceparent(HEADER)).toEqual(TRACE);
  expect(traceparentOf(TRACE)).toBe(HEADER);
  expect(readTraceparent(`cc${HEADER.slice(2)}-of-a-later-version`)).toEqual(TRACE);
  const none = [
    '',
    'x',
    HEADER.slice(0, -1),
    HEADER.toUpperCase(),
    HEADER.replace(TRACE.traceId, '0'.repeat(32)),
    HEADER.replace(TRACE.spanId, '0'.repeat(16)),
  ];
  expect(none.map(readTraceparent)).toEqual(none.map(() => undefined));
});

it('reads the attributes in front of a query, and where its text begins', () => {
  const attribute = (name: string, value: string): { types: Buffer; value: Buffer } => ({
    types: Buffer.from([0xfe, 0, name.length, ...Buffer.from(name)]),
    value: Buffer.from([value.length, ...Buffer.from(value)]),
  });
  const [task, number] = [attribute('task', 'T-1'), { types: Buffer.from([1, 0, 1, 0x6e]), value: Buffer.from([7]) }];
  const head = [Buffer.from([3, 3, 1, 0b100, 1]), task.types, number.types, attribute('gone', 'x').types];
  const payload = Buffer.concat([...head, task.value, number.value, Buffer.from('SELECT 1')]);
  const { textStart, attributes } = readQueryHead(payload, true);
  expect(payload.subarray(textStart).toString()).toBe('SELECT 1');
  expect(attributes).toEqual(new Map([['task', 'T-1']]));
  expect(readQueryHead(Buffer.from('\x03SELECT 1'), false)).toEqual({ textStart: 1, attributes: undefined });
  expect(readQueryHead(Buffer.from('\x03\x00\x01SELECT 1'), true)).toEqual({ textStart: 3, attributes: undefined });
  for (let end = 1; end < textStart; end += 1) {
    expect(() => readQueryHead(payload.subarray(0, end), true)).toThrow(/PROTOCOL|packet|ends|short|bytes/i);
  }
});

it('believes no count of attributes that cannot be, nor attributes without their types', () => {
  const withCount = (...count: readonly number[]): Buffer =>
    Buffer.concat([Buffer.from([3, ...count, 1, 0, 1]), Buffer.alloc(64), Buffer.from('SELECT 1')]);
  // 65,536; 2^32, of which a mask of 32 bits would be empty; 2^31, of which it would be negative.
  for (const count of [
    [0xfd, 0, 0, 1],
    [0xfe, 0, 0, 0, 0, 1, 0, 0, 0],
    [0xfe, 0, 0, 0, 0x80, 0, 0, 0, 0],
  ]) {
    expect(() => readQueryHead(withCount(...count), true)).toThrow(/parameters and attributes came/);
  }
  expect(() => readQueryHead(Buffer.from([3, 1, 1, 0, 0, 0x41]), true)).toThrow(/without types/);
  const statement = { parameterCount: 2, types: [], longData: new Map<number, number>() };
  const execute = Buffer.from([0x17, 1, 0, 0, 0, 0x08, 1, 0, 0, 0, 0]);
  expect(() => readExecuteParameters(execute, statement, true)).toThrow(
    /0 parameters and attributes came, of at least 2/,
  );
});

it('stands on the record of each statement, and in the tag that the server sees', async () => {
  governed = await startGoverned(inject('database'));
  const log = await openGeneralLog(inject('database'));
  const pool = governed.pool({ connectionLimit: 1 }).promise();
  const context = {
    task: 'T-1',
    trace: HEADER,
    model: 'opus',
    client: 'coder/2',
    tool: 'query',
    toolCallId: 'toolu_1',
  };
  await withContext(context, async () => {
    await pool.query("SELECT 'told'");
    await withTask('T-2', () => pool.execute("SELECT 'told more'"));
    await withContext({ trace: 'none', tool: '', task: '' }, () => pool.query("SELECT 'told nothing new'"));
  });
  await pool.query("SELECT 'untold'");
  const seen = await log.read({ user: governed.schema.name });
  await log.close();
  const records = (await governed.records()).filter(({ statement }) => statement.command !== 'COM_STMT_PREPARE');
  const call = { id: 'toolu_1', tool: 'query', client: 'coder/2', model: 'opus' };
  const told = { trace: { trace_id: TRACE.traceId, span_id: TRACE.spanId }, call };
  expect(records).toMatchObject([
    { task: { id: 'T-1', source: 'asserted' }, ...told },
    { task: { id: 'T-2' }, ...told },
    { task: { id: 'T-1' }, ...told },
    { statement: { text: "SELECT 'untold'" } },
  ]);
  expect(records[3]).not.toHaveProperty('call');
  expect(records[3]).not.toHaveProperty('trace');
  const [text] = seen.map(({ argument }) => argument).filter((argument) => argument.endsWith("SELECT 'told'"));
  expect(text).toContain(`,task='T-1',traceparent='${HEADER}'*/ SELECT`);
});

it('takes the span of OpenTelemetry that is active where a statement is called, also where it waits for a connection', async () => {
  governed = await startGoverned(inject('database'), { trace: () => trace.getActiveSpan()?.spanContext() });
  const pool = governed.pool({ connectionLimit: 1 }).promise();
  const tracer = provider.getTracer('test');
  const ids = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      tracer.startActiveSpan(name, async (span) => {
        await pool.query(`SELECT '${name}'`);
        span.end();
        return `${name} ${span.spanContext().traceId} ${span.spanContext().spanId}`;
      }),
    ),
  );
  await pool.query("SELECT 'e'");
  const records = await governed.records();
  const recorded = records.map(({ statement, trace: of }) => `${statement.text.at(8)} ${of?.trace_id} ${of?.span_id}`);
  expect(recorded.sort()).toEqual([...ids, 'e undefined undefined'].sort());
});

it('is nothing where what tells the trace fails', async () => {
  governed = await startGoverned(inject('database'), {
    trace: () => {
      throw new Error('no tracer');
    },
  });
  await governed.pool().promise().query('SELECT 1');
  expect((await governed.records())[0]).not.toHaveProperty('trace');
});

it('takes what the attributes of a query say, but not a task where the calling code names one', async () => {
  const database = inject('database');
  governed = await startGoverned(database);
  const pool = governed.pool({ connectionLimit: 1 }).promise();
  const attributes = { task: 'T-9', model: 'haiku', traceparent: HEADER, tool_call_id: 'c-1', else: 'x' };
  await pool.query({ sql: 'SELECT 1', attributes });
  await pool.execute({ sql: 'SELECT 2', attributes });
  await withTask('T-1', () => pool.query({ sql: 'SELECT 3', attributes }));
  await pool.query('SELECT 4');
  const records = (await governed.records()).filter(({ statement }) => statement.command !== 'COM_STMT_PREPARE');
  // MariaDB has no query attributes: mysql2 leaves them out.
  const said =
    database.flavour === 'mysql'
      ? { call: { id: 'c-1', model: 'haiku' }, trace: { trace_id: TRACE.traceId, span_id: TRACE.spanId } }
      : {};
  const task = database.flavour === 'mysql' ? { task: { id: 'T-9', source: 'asserted' } } : {};
  expect(records).toMatchObject([{ ...said, ...task }, { ...said, ...task }, { ...said, task: { id: 'T-1' } }, {}]);
  expect(records[3]).not.toHaveProperty('call');
});
