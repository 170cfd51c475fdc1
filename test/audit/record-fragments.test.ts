import { expect, test } from 'vitest';

import {
  encodeAgent,
  encodeDb,
  encodeSession,
  encodeStatementShape,
  encodeVerdict,
  joinFragments,
} from '../../src/audit/index.js';
import type { Identity } from '../../src/identity/identity.js';
import type { AnalysedStatement } from '../../src/sql/analysis.js';

const identity = {
  subject: 'a"b',
  issuer: 'https://i',
  name: '',
  groups: [],
  actor: ['boss'],
  tokenId: 'j1',
  expiresAtMs: 1,
} as unknown as Identity;

test('an agent is written with what is known, and without empty members or its expiry', () => {
  expect(JSON.parse(`{${encodeAgent(identity)}}`)).toEqual({
    agent: { subject: 'a"b', issuer: 'https://i', actor: ['boss'], token_id: 'j1', verified: true },
  });
});

test('a session is left open for the number of the statement', () => {
  expect(`{${encodeSession({ id: 's', mode: 'embedded', driver: '', thread_id: 7 })},"statement_no":1}}`).toBe(
    '{"session":{"id":"s","mode":"embedded","thread_id":7,"statement_no":1}}',
  );
});

test('a shape is the members of a statement, with tables as written', () => {
  const statement = {
    digest: 'd',
    fingerprint: 'select ?',
    summary: 'SELECT',
    analysis: { operation: 'SELECT', tables: [{ schema: undefined, table: 't', access: 'read', outermost: true }] },
  } as unknown as AnalysedStatement;
  expect(JSON.parse(`{${encodeStatementShape(statement)}}`)).toEqual({
    digest: 'd',
    fingerprint: 'select ?',
    operation: 'SELECT',
    summary: 'SELECT',
    tables: [{ table: 't', access: 'read' }],
  });
});

test('a verdict and a database leave out what is empty', () => {
  expect(encodeVerdict({ effect: 'deny', rule: 'no-ddl', reason: '' })).toBe('{"effect":"deny","rule":"no-ddl"}');
  expect(encodeDb({ system: 'mysql', server: 'h:1', namespace: '' })).toBe('"db":{"system":"mysql","server":"h:1"}');
});

test('fragments are joined without a gap for what is missing', () => {
  expect(joinFragments('"a":1', undefined, '', '"b":2')).toBe('"a":1,"b":2');
});
