import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { cef } from '../../../src/transports/index.js';
import { parseCef } from './parse-cef.js';
import { bytesOf, eventRecord, statementRecord, wellFormedText } from './record-arbitrary.js';
import { approvedStatement, deniedStatement, sampleRecords } from './sample-records.js';

const parsed = (record: object): ReturnType<typeof parseCef> => parseCef(cef.encode(bytesOf(record)).toString());

test('a denied statement becomes a line that says who, what, where and why', () => {
  const { header, extension } = parsed(deniedStatement);
  expect(header).toEqual([
    'CEF:0',
    'Countersign',
    'Countersign',
    '1',
    'statement DELETE',
    'DELETE orders: no-deletes: orders are kept',
    '6',
  ]);
  expect(Object.fromEntries(extension)).toMatchObject({
    rt: String(Date.parse(deniedStatement.time)),
    externalId: deniedStatement.id,
    suid: 'agent-7',
    src: '10.0.0.7',
    spt: '51000',
    dhost: 'db.example',
    duser: 'svc_agents',
    act: 'deny',
    outcome: 'failure',
    cs1Label: 'statement',
    cs1: deniedStatement.statement.text,
    cs2: 'no-deletes',
    cs4: 'shop.customers, shop.orders',
  });
});

test('a number beyond 2^53 keeps its digits', () => {
  expect(parsed(approvedStatement).extension.get('cn2')).toBe('18446744073709551615');
});

test('pipes and backslashes are escaped in the header, backslashes, equals signs and newlines in the extension', () => {
  const statement = { ...deniedStatement.statement, summary: 'a|b\\c=d\ne', text: 'a|b\\c=d\r\ne' };
  const line = cef.encode(
    bytesOf({ ...deniedStatement, verdict: { effect: 'deny' }, outcome: { status: 'denied' }, statement }),
  );
  expect(line.toString()).toContain('|a\\|b\\\\c=d e|6|');
  expect(line.toString()).toContain('cs1=a|b\\\\c\\=d\\r\\ne ');
});

test('every type of record becomes a line', () => {
  for (const record of sampleRecords) expect(parsed(record).extension.get('cat')).toBe(record.type);
});

test('no text breaks out of its member: a statement is read as it was written', () => {
  fc.assert(
    fc.property(statementRecord(wellFormedText), (record) => {
      const { header, extension } = parsed(record);
      expect(header).toHaveLength(7);
      expect(extension.get('cs1') ?? '').toBe(record.statement.text);
    }),
  );
});

test('records of other types never throw, and stay one line', () => {
  fc.assert(
    fc.property(eventRecord(wellFormedText), (record) => {
      const line = cef.encode(bytesOf(record)).toString();
      expect(line).not.toMatch(/[\r\n]/);
      parseCef(line);
    }),
  );
});
