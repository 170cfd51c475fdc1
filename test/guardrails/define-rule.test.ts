import { describe, expect, it } from 'vitest';
import { type CallerMatch, defineRule, type Effect, type StatementMatch } from '../../src/guardrails/index.js';
import { scopeOf, statementsOf } from '../sql/analysed.js';
import { policyOf, verdictOf, type Who } from './judged.js';

const rule = (match: StatementMatch, effect: Effect = 'deny') => defineRule({ name: 'r', effect, match });
const denies = (match: StatementMatch, sql: string): boolean => verdictOf(policyOf(rule(match)), sql).effect === 'deny';
const allows = (match: StatementMatch, sql: string): boolean =>
  verdictOf({ name: 'p', rules: [rule(match, 'allow')] }, sql).effect === 'allow';

describe('a rule that denies', () => {
  it('matches by operation and kind', () => {
    expect(denies({ operations: ['DELETE'] }, 'DELETE FROM orders WHERE id = 1')).toBe(true);
    expect(denies({ operations: ['drop *'] }, 'DROP TABLE orders')).toBe(true);
    expect(denies({ operations: ['DROP *'] }, 'DELETE FROM orders WHERE id = 1')).toBe(false);
    expect(denies({ kinds: ['show', 'explain'] }, 'SHOW TABLES')).toBe(true);
    expect(denies({ operations: ['UPDATE'] }, 'ANALYZE UPDATE orders SET total = 1 WHERE id = 1')).toBe(true);
    expect(denies({ operations: ['SELECT'] }, 'EXPLAIN ANALYZE SELECT * FROM orders')).toBe(true);
  });

  it('matches any table, in any place, and by how it is touched', () => {
    const join = 'SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM shop.customers c WHERE c.id = o.customer_id)';
    expect(denies({ tables: ['shop.customers'] }, join)).toBe(true);
    expect(denies({ tables: ['shop.CUST*'] }, join)).toBe(true);
    expect(denies({ tables: ['hr.*'] }, join)).toBe(false);
    expect(denies({ tables: ['*.customers'], access: 'write' }, join)).toBe(false);
    expect(denies({ tables: ['*.orders'], access: 'write' }, "UPDATE orders SET note = '' WHERE id = 1")).toBe(true);
    expect(denies({ access: 'write' }, 'SELECT 1')).toBe(false);
  });

  it('matches what may touch any table', () => {
    expect(denies({ tables: ['shop.customers'] }, 'DROP DATABASE shop')).toBe(true);
    expect(denies({ tables: ['shop.customers'], access: 'read' }, 'DROP DATABASE shop')).toBe(false);
  });

  it('matches columns, and a star for every column of their table', () => {
    const ssn = { columns: ['shop.customers.ssn'] };
    expect(denies(ssn, 'SELECT c.ssn FROM customers c')).toBe(true);
    expect(denies(ssn, 'SELECT id FROM customers WHERE SSN = 1')).toBe(true);
    expect(denies(ssn, 'SELECT * FROM customers')).toBe(true);
    expect(denies(ssn, 'SELECT name FROM customers')).toBe(false);
    expect(denies(ssn, 'SELECT ssn FROM staff')).toBe(false);
  });

  it('matches functions, routines, facts and digests', () => {
    expect(denies({ functions: ['json_*'] }, "SELECT JSON_EXTRACT(note, '$.a') FROM orders")).toBe(true);
    expect(denies({ routines: ['shop.*'] }, 'CALL shop.close_month()')).toBe(true);
    expect(denies({ routines: ['shop.*'] }, 'CALL hr.close_month()')).toBe(false);
    expect(denies({ facts: ['no-where', 'multi-statement'] }, 'DELETE FROM orders')).toBe(true);
    expect(denies({ facts: ['multi-statement'] }, 'SELECT 1; SELECT 2')).toBe(true);
    expect(denies({ facts: ['multi-statement'] }, 'SELECT 1')).toBe(false);
    expect(denies({ digests: ['other'] }, 'SELECT 1')).toBe(false);
  });

  it('knows the functions that wait or burn, and those that do more than compute', () => {
    const waits = ['SLEEP(9)', "WSREP_SYNC_WAIT_UPTO_GTID('0-1-100')", "KDF('a', 'b', 999999999)", "ENCRYPT('a', 'b')"];
    for (const call of waits) expect(denies({ facts: ['resource-abuse'] }, `SELECT ${call}`), call).toBe(true);
    for (const call of ["LOAD_FILE('a')", "BINLOG_GTID_POS('a', 4)"]) {
      expect(denies({ facts: ['side-effect-function'] }, `SELECT ${call}`), call).toBe(true);
    }
  });

  it('wants everything that it names', () => {
    const match: StatementMatch = { operations: ['DELETE'], tables: ['shop.customers'] };
    expect(denies(match, 'DELETE FROM customers WHERE id = 1')).toBe(true);
    expect(denies(match, 'DELETE FROM orders WHERE id = 1')).toBe(false);
    expect(denies(match, 'SELECT * FROM customers')).toBe(false);
  });
});

describe('a rule that allows', () => {
  it('wants all tables, and what it does not know does not fit', () => {
    expect(allows({ kinds: ['select'], tables: ['shop.orders'] }, 'SELECT * FROM orders')).toBe(true);
    expect(allows({ kinds: ['select'], tables: ['shop.orders'] }, 'SELECT * FROM orders, customers')).toBe(false);
    expect(allows({ tables: ['shop.orders'] }, 'SELECT 1')).toBe(false);
    expect(allows({ columns: ['shop.orders.id'] }, 'SELECT id FROM orders')).toBe(true);
    expect(allows({ columns: ['shop.orders.id'] }, 'SELECT id, note FROM orders')).toBe(false);
    expect(allows({ columns: ['shop.orders.id'] }, 'SELECT * FROM orders')).toBe(false);
    expect(allows({ columns: ['shop.orders.id'] }, 'DELETE FROM orders WHERE id = 1')).toBe(false);
  });

  it('does not match what is not understood by its verb, but by its digest', () => {
    expect(allows({ operations: ['*'] }, 'FROBNICATE orders')).toBe(false);
    expect(allows({}, 'FROBNICATE orders')).toBe(false);
    expect(allows({ facts: ['unknown'] }, 'FROBNICATE orders')).toBe(true);
    const [statement] = statementsOf('FROBNICATE orders', scopeOf('mysql'));
    expect(allows({ digests: [statement?.digest ?? ''] }, 'FROBNICATE orders')).toBe(true);
    expect(allows({ digests: [statement?.digest ?? ''] }, 'FROBNICATE customers')).toBe(false);
    const [unread] = statementsOf("SELECT 'not ended", scopeOf('mysql'));
    expect(allows({ digests: [unread?.digest ?? ''] }, "SELECT 'not ended")).toBe(false);
  });
});

describe('an exception', () => {
  it('of a rule that denies has to fit in all', () => {
    const noWrites = defineRule({
      name: 'r',
      effect: 'deny',
      match: { facts: ['write'] },
      except: { tables: ['shop.notes'] },
    });
    expect(verdictOf(policyOf(noWrites), 'DELETE FROM notes WHERE id = 1').effect).toBe('allow');
    const both = 'DELETE n FROM notes n JOIN orders o ON o.id = n.order_id WHERE o.id = 1';
    expect(verdictOf(policyOf(noWrites), both).effect).toBe('deny');
  });
});

describe('for whom a rule holds', () => {
  const holds = (match: CallerMatch, who: Who): boolean =>
    verdictOf(policyOf(defineRule({ name: 'r', effect: 'deny', for: match })), 'SELECT 1', who).effect === 'deny';

  it('is told by subject, issuer, group, task, model and purpose', () => {
    expect(holds({ subjects: ['an*'] }, {})).toBe(true);
    expect(holds({ subjects: ['bob'] }, {})).toBe(false);
    expect(holds({ issuers: ['https://issuer.example'] }, {})).toBe(true);
    expect(holds({ groups: ['AGENTS', 'x'] }, {})).toBe(true);
    expect(holds({ groups: ['support'] }, {})).toBe(false);
    expect(holds({ tasks: ['ticket-*'] }, { taskId: 'ticket-7' })).toBe(true);
    expect(holds({ tasks: ['*'] }, {})).toBe(false);
    expect(holds({ tasks: ['ticket-*'], claimedTask: true }, { taskId: 'ticket-7' })).toBe(false);
    expect(holds({ models: ['m-*'] }, { identity: { model: 'm-1' } })).toBe(true);
    expect(holds({ purposes: ['bill*'] }, { identity: { purpose: 'billing' } })).toBe(true);
    expect(holds({ purposes: ['bill*'] }, { taskId: 'billing' })).toBe(false);
    expect(holds({ subjects: ['anna'], groups: ['support'] }, {})).toBe(false);
  });

  it('can be excepted', () => {
    const rules = defineRule({ name: 'r', effect: 'deny', exceptFor: { groups: ['support'] } });
    expect(verdictOf(policyOf(rules), 'SELECT 1').effect).toBe('deny');
    expect(verdictOf(policyOf(rules), 'SELECT 1', { identity: { groups: ['support'] } }).effect).toBe('allow');
  });

  it('depends on the environment; one that is not named is the strictest', () => {
    const inProduction = (effect: Effect) => defineRule({ name: 'r', effect, environments: ['prod*'] });
    const effectOf = (effect: Effect, environment?: string): string =>
      verdictOf(
        { name: 'p', rules: [inProduction(effect)] },
        'SELECT 1',
        environment === undefined ? {} : { environment },
      ).effect;
    expect(verdictOf(policyOf(inProduction('deny')), 'SELECT 1', { environment: 'test' }).effect).toBe('allow');
    expect(verdictOf(policyOf(inProduction('deny')), 'SELECT 1', { environment: 'production' }).effect).toBe('deny');
    expect(verdictOf(policyOf(inProduction('deny')), 'SELECT 1').effect).toBe('deny');
    expect(effectOf('allow', 'production')).toBe('allow');
    expect(effectOf('allow')).toBe('deny');
  });
});
