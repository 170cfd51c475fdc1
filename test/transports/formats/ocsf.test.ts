import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { ocsf } from '../../../src/transports/index.js';
import { OcsfSchema } from './ocsf-schema.js';
import { bytesOf, eventRecord, hostileText, statementRecord } from './record-arbitrary.js';
import {
  announcedStatement,
  approvedStatement,
  counted,
  deniedStatement,
  maskedStatement,
  refusedSession,
  rejection,
  sampleRecords,
} from './sample-records.js';

interface OcsfEvent extends Record<string, unknown> {
  readonly class_uid: number;
  readonly type_uid: number;
  readonly activity_id: number;
  readonly query_info: { readonly query_string: string };
}

const eventOf = (record: object): OcsfEvent => JSON.parse(ocsf.encode(bytesOf(record)).toString()) as OcsfEvent;

/** Facts of the published schema about the classes that we send: category, and what must be there. */
const CLASSES: Readonly<Record<number, { category: number; name: string; required: readonly string[] }>> = {
  0: { category: 0, name: 'base_event', required: [] },
  3002: { category: 3, name: 'authentication', required: ['user', 'dst_endpoint'] },
  6005: { category: 6, name: 'datastore_activity', required: ['actor', 'src_endpoint', 'database'] },
};
const REQUIRED = ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'time', 'severity_id', 'metadata'];

function expectFacts(event: OcsfEvent): void {
  const facts = CLASSES[event.class_uid];
  expect(event['category_uid']).toBe(facts?.category);
  expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
  expect(Object.keys(event)).toEqual(expect.arrayContaining([...REQUIRED, ...(facts?.required ?? ['a known class'])]));
  expect(Number.isInteger(event['time'])).toBe(true);
}

test('a denied statement is Datastore Activity with a control that denied it', () => {
  const event = eventOf(deniedStatement);
  expect(event).toMatchObject({
    class_uid: 6005,
    activity_name: 'Delete',
    type_uid: 600507,
    severity_id: 3,
    status_id: 2,
    status_code: '1227',
    action_id: 2,
    disposition: 'Blocked',
    is_alert: true,
    policy: { name: 'no-deletes', desc: 'orders are kept' },
    actor: { user: { uid: 'agent-7', groups: [{ name: 'reporting' }] }, idp: { uid: 'https://idp.example' } },
    ai_agent: { uid: 'agent-7', ai_model: { name: 'model-x' } },
    src_endpoint: { ip: '10.0.0.7', port: 51000 },
    dst_endpoint: { hostname: 'db.example', port: 3306 },
    database: { name: 'shop', type_id: 1 },
    table: { name: 'shop.orders' },
    query_info: { query_string: deniedStatement.statement.text },
    metadata: { version: '1.9.0', original_event_uid: deniedStatement.id, correlation_uid: 'task-1' },
  });
});

test('an answer that was masked was modified, a statement that was approved is', () => {
  expect(eventOf(maskedStatement)).toMatchObject({ activity_name: 'Query', action_id: 4, disposition: 'Masked' });
  expect(eventOf(approvedStatement)).toMatchObject({ action_id: 1, disposition: 'Approved', status_id: 1 });
});

test('a session that was refused is a failed Logon', () => {
  expect(eventOf(refusedSession)).toMatchObject({
    type_uid: 300201,
    status: 'Failure',
    status_detail: 'the token has expired',
    action_id: 2,
    user: { name: 'unknown' },
  });
});

test('what is about to run, was counted, or was not approved is no Datastore Activity', () => {
  expect(eventOf(announcedStatement)).toMatchObject({
    class_uid: 0,
    activity_name: 'intent announced',
    status: 'Unknown',
    message: 'intent announced DELETE orders',
  });
  expect(eventOf(counted)).toMatchObject({ class_uid: 0, message: 'summary counted SELECT orders', status: 'Success' });
  expect(eventOf(rejection)).toMatchObject({ class_uid: 0, status: 'Failure', status_detail: 'not today' });
});

test('the chain of the journal can be followed from event to event', () => {
  const first = bytesOf({ ...deniedStatement, writer: { id: 'w', seq: 1 } });
  const prev = hash('sha256', first, 'base64url');
  const attestation = (bytes: Buffer): unknown =>
    (JSON.parse(ocsf.encode(bytes).toString()) as { attestation_list: unknown[] }).attestation_list[0];
  expect(attestation(first)).toMatchObject({ uid: 'w:1', chain_uid: 'w', fingerprint: { value: prev } });
  const second = attestation(bytesOf({ ...deniedStatement, writer: { id: 'w', seq: 2, prev } }));
  expect(second).toMatchObject({
    prev_event: { uid: 'w:1', fingerprint: { algorithm_id: 3, encoding_id: 3, value: prev } },
  });
});

test('every type of record has what its class requires', () => {
  for (const record of sampleRecords) expectFacts(eventOf(record));
});

test('whatever the texts, an event has what its class requires, and says the same', () => {
  fc.assert(
    fc.property(statementRecord(hostileText), (record) => {
      const event = eventOf(record);
      expectFacts(event);
      expect(event.query_info.query_string).toBe(record.statement.text);
    }),
  );
  fc.assert(fc.property(eventRecord(hostileText), (record) => expectFacts(eventOf(record))));
});

test('events fit the published schema', () => {
  const schema = new OcsfSchema(fileURLToPath(new URL('../ocsf-schema', import.meta.url)));
  const problems = (record: object): string[] => {
    const event = eventOf(record);
    return schema.problems(CLASSES[event.class_uid]?.name ?? '', event);
  };
  for (const record of sampleRecords) expect(problems(record), JSON.stringify(record)).toEqual([]);
  fc.assert(fc.property(statementRecord(hostileText), (record) => void expect(problems(record)).toEqual([])));
  fc.assert(fc.property(eventRecord(hostileText), (record) => void expect(problems(record)).toEqual([])));
});

test('an event that does not fit it is found', () => {
  const schema = new OcsfSchema(fileURLToPath(new URL('../ocsf-schema', import.meta.url)));
  const { actor, ...event } = eventOf(deniedStatement) as OcsfEvent & { readonly actor: object };
  expect(actor).toBeDefined();
  const found = schema.problems('datastore_activity', { ...event, action_id: 77, surprise: 1, time: 'now' });
  expect(found.sort()).toEqual([
    'datastore_activity.action_id may not be 77',
    'datastore_activity.actor is missing',
    'datastore_activity.surprise is unknown',
    'datastore_activity.time is no timestamp_t: now',
  ]);
});
