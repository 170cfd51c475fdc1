import { expect, test } from 'vitest';

import { cef, elastic, recordJson, type Transport } from '../../../src/index.js';
import { openTrail, record as recordStatement, temporaryDirectory } from '../../audit/trail-fixtures.js';
import { deniedStatement, maskedStatement } from '../formats/sample-records.js';
import { batchOf, calm, startReceiver, type Received } from '../receiver.js';
import { bulkIndex, type BulkIndex, type Refusal } from './bulk-index.js';

const other = { ...maskedStatement, id: '019a0000-0000-7000-8000-000000000002' };
const batch = batchOf(deniedStatement, other);

interface Index extends BulkIndex {
  readonly url: string;
  readonly received: Received[];
}

async function startIndex(refuse?: Refusal): Promise<Index> {
  const index = bulkIndex('audit', 'key==', refuse);
  return { ...index, ...(await startReceiver(index.answer)) };
}

const transportTo = ({ url }: Index): Transport => elastic({ url, index: 'audit', apiKey: 'key==' });

test('records become ECS documents under their own ids', async () => {
  const index = await startIndex();
  const transport = transportTo(index);
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
  expect([...index.documents.keys()]).toEqual([deniedStatement.id, other.id]);
  expect(index.documents.get(other.id)).toMatchObject({ ecs: { version: '9.4.0' }, user: { id: 'agent-7' } });
  expect(transport.name).toBe('elastic');
  await transport.close?.();
});

test('what is there already counts as accepted', async () => {
  const index = await startIndex();
  await transportTo(index).send(batchOf(deniedStatement), calm);
  expect(await transportTo(index).send(batch, calm)).toEqual({ status: 'accepted' });
  expect(index.documents.size).toBe(2);
});

test('an item that has to wait is sent again until it is there', async () => {
  let refusals = 1;
  const index = await startIndex((id) =>
    id === other.id && refusals-- > 0 ? { status: 429, type: 'es_rejected_execution_exception' } : undefined,
  );
  const transport = transportTo(index);
  expect(await transport.send(batch, calm)).toMatchObject({
    status: 'retry',
    reason: expect.stringMatching(/took 1 of 2 documents: 429 es_rejected_execution_exception$/) as string,
  });
  expect(await transport.send(batch, calm)).toEqual({ status: 'accepted' });
});

test('of a batch with a document that does not fit the mapping, only that record becomes a dead letter', async () => {
  const index = await startIndex((_, document) =>
    JSON.stringify(document).includes('SELECT 3') ? { status: 400, type: 'document_parsing_exception' } : undefined,
  );
  const trail = await openTrail({ directory: temporaryDirectory(), transports: [transportTo(index)] });
  for (let no = 1; no <= 5; no++) recordStatement(trail, no);
  await trail.close();
  const documents = [...index.documents.values()].map((document) => JSON.stringify(document));
  expect(documents.filter((document) => document.includes('SELECT '))).toHaveLength(4);
  expect(trail.stats().transports[0]).toMatchObject({ rejected: 1 });
});

test('a whole request that is refused is tried again, unless it is too large', async () => {
  const index = await startIndex();
  expect((await elastic({ url: index.url, index: 'audit', apiKey: 'wrong' }).send(batch, calm)).status).toBe('retry');
  for (const [status, expected] of [
    [503, 'retry'],
    [429, 'retry'],
    [400, 'retry'],
    [413, 'rejected'],
  ] as const) {
    const { url } = await startReceiver(() => ({ status }));
    expect((await elastic({ url }).send(batch, calm)).status, String(status)).toBe(expected);
  }
});

test('an answer that is none of a bulk request is not believed', async () => {
  for (const body of [{}, { items: [] }, { errors: true, items: [{ create: { status: 201 } }] }, 'hello']) {
    const { url } = await startReceiver(() => ({ status: 200, body }));
    expect((await elastic({ url }).send(batch, calm)).status).toBe('retry');
  }
});

test('a name and a password are sent too, to the standard data stream', async () => {
  const { url, received } = await startReceiver(() => ({ status: 200, body: { errors: false } }));
  const auth = { username: 'writer', password: 'p:w' };
  expect(await elastic({ url, auth, format: recordJson }).send(batch, calm)).toEqual({ status: 'accepted' });
  expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('writer:p:w').toString('base64')}`);
  expect(received[0]?.path).toMatch(/^\/logs-countersign-default\/_bulk\?/);
  expect(received[0]?.body).toContain(`\n${JSON.stringify(deniedStatement)}\n`);
});

test('every bad option is named', () => {
  const auth = { username: 'writer', password: 'secret' };
  expect(() => elastic({ url: 'x', index: 'Upper/..', format: cef })).toThrow(/url: .*index: .*format: /);
  expect(() => elastic({ url: 'https://x', apiKey: 'k', auth })).toThrow(/not both/);
});
