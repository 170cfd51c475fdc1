import { EcsFlat } from '@elastic/ecs';
import * as fc from 'fast-check';
import { isIP } from 'node:net';
import { expect, test } from 'vitest';

import { ecs } from '../../../src/transports/index.js';
import { bytesOf, eventRecord, hostileText, statementRecord } from './record-arbitrary.js';
import { approvedStatement, deniedStatement, maskedStatement, sampleRecords } from './sample-records.js';

interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly allowed_values?: readonly { readonly name: string; readonly expected_event_types?: readonly string[] }[];
}
const fields = EcsFlat as unknown as Readonly<Record<string, Field>>;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: (value) => typeof value === 'string',
  match_only_text: (value) => typeof value === 'string',
  long: (value) => Number.isInteger(value),
  ip: (value) => isIP(String(value)) !== 0,
  date: (value) => !Number.isNaN(Date.parse(String(value))),
};

/** What is wrong with a document, by the field definitions that Elastic publishes. */
function problems(document: object, path = ''): string[] {
  return Object.entries(document).flatMap(([key, value]) => {
    const name = `${path}${key}`;
    const field = fields[name];
    if (name === 'countersign') return [];
    if (field !== undefined) return fieldProblems(name, field, value);
    return typeof value === 'object' && value !== null
      ? problems(value as object, `${name}.`)
      : [`${name} is no field`];
  });
}

function fieldProblems(name: string, field: Field, value: unknown): string[] {
  if (field.normalize.includes('array') && !Array.isArray(value)) return [`${name} is no array`];
  const allowed = field.allowed_values?.map((one) => one.name);
  return [value].flat().flatMap((one) => {
    if (TYPES[field.type]?.(one) !== true) return [`${name} is not of type ${field.type}: ${String(one)}`];
    return allowed === undefined || allowed.includes(String(one)) ? [] : [`${name} may not be ${String(one)}`];
  });
}

/** Whether the types of an event are those that its category is expected to have. */
function unexpectedTypes({ event }: { event: { category: string[]; type: string[] } }): string[] {
  const [category] = event.category;
  const expected = fields['event.category']?.allowed_values?.find(
    ({ name }) => name === category,
  )?.expected_event_types;
  return event.type.filter((type) => expected?.includes(type) !== true);
}

interface Document {
  readonly event: { readonly category: string[]; readonly type: string[] };
  readonly countersign: { readonly statement: { readonly text: string; readonly parameters?: string } };
}
const documentOf = (record: object): Document => JSON.parse(ecs.encode(bytesOf(record)).toString()) as Document;

test('a denied statement says who, what, where and why in the fields of ECS', () => {
  expect(documentOf(deniedStatement)).toMatchObject({
    '@timestamp': deniedStatement.time,
    message: 'DELETE orders: no-deletes: orders are kept',
    event: {
      id: deniedStatement.id,
      kind: 'event',
      category: ['database'],
      type: ['change', 'error'],
      outcome: 'failure',
    },
    user: { id: 'agent-7', roles: ['reporting'] },
    source: { ip: '10.0.0.7', port: 51000 },
    server: { domain: 'db.example', port: 3306, user: { name: 'svc_agents' } },
    rule: { name: 'no-deletes' },
    error: { code: '1227' },
    related: { user: ['agent-7', 'alice', 'svc_agents'] },
    countersign: { statement: { text: deniedStatement.statement.text } },
  });
});

test('members whose types change from record to record are text', () => {
  expect(documentOf(deniedStatement).countersign.statement.parameters).toBe('[7,"x"]');
  expect(documentOf(approvedStatement)).toMatchObject({
    countersign: { outcome: { affected: '18446744073709551615' } },
  });
  expect(documentOf(maskedStatement)).toMatchObject({ event: { duration: 830_000, type: ['change'] } });
});

test('every type of record fits the field definitions that Elastic publishes', () => {
  for (const record of sampleRecords) {
    const document = documentOf(record);
    expect(problems(document), record.type).toEqual([]);
    expect(unexpectedTypes(document), record.type).toEqual([]);
  }
});

test('whatever the texts, a document fits, and says the same', () => {
  fc.assert(
    fc.property(statementRecord(hostileText), (record) => {
      const document = documentOf(record);
      expect(problems(document)).toEqual([]);
      expect(document.countersign.statement.text).toBe(record.statement.text);
    }),
  );
  fc.assert(fc.property(eventRecord(hostileText), (record) => void expect(problems(documentOf(record))).toEqual([])));
});
