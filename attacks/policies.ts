/** The policy that each rule of an attack file stands for. */
import { defaultPolicy, defineRule, type Policy, readOnlyPolicy, type Rule } from '../src/guardrails/index.js';
import type { Analysis } from '../src/sql/analysis.js';

/** The columns that tell one row of the attacked schema from another. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['customers', 'id'],
  ['orders', 'id'],
]);

function rule(name: string, matches: (analysis: Analysis) => string | undefined): Rule {
  return { name, matches: ({ statement }) => matches(statement.analysis) };
}

/** UPDATE and DELETE name one table, and compare its key, and nothing else, with literals. */
const writesByKey = rule('writes-by-key', ({ kind, operation, tables, columns }) => {
  if (kind !== 'update' && kind !== 'delete') return undefined;
  const [table, ...others] = tables;
  const key = KEYS.get(table?.table ?? '');
  if (key === undefined || others.length > 0) return `${operation} is not of one table whose key is known`;
  const compared = columns.filter(({ clause }) => clause === 'where');
  const isKey = compared.length > 0 && compared.every(({ column, bare }) => bare && column === key);
  return isKey ? undefined : `${operation} has to say which rows it means by ${key} alone`;
});

const noServerSettings = defineRule({
  name: 'no-server-settings',
  effect: 'deny',
  match: { operations: ['SHOW VARIABLES', 'SHOW STATUS', 'SHOW PLUGINS'] },
});

const noSessionChanges = defineRule({
  name: 'no-session-changes',
  effect: 'deny',
  match: { kinds: ['session', 'use'] },
});

const shortRuns = defineRule({ name: 'short-runs', effect: 'warn', limits: { maxDurationMs: 250 } });

const noCustomers = defineRule({
  name: 'no-customers',
  effect: 'deny',
  match: { tables: ['*.customers', 'information_schema.*'] },
});

const BASE = defaultPolicy();
const withRules = (...rules: readonly Rule[]): Policy => ({ ...BASE, rules: [...rules, ...BASE.rules] });

const POLICIES: Readonly<Record<string, Policy>> = {
  readonly: readOnlyPolicy(),
  no_unbounded_write: withRules(writesByKey),
  no_ddl: BASE,
  no_dynamic_sql: withRules(writesByKey),
  no_multi: defaultPolicy({ multiStatements: false }),
  no_file_io: BASE,
  no_admin: withRules(noServerSettings),
  no_session_tamper: withRules(noSessionChanges),
  no_resource_abuse: withRules(shortRuns),
  deny_table: withRules(noCustomers),
  identity: BASE,
  masking: BASE,
};

/** The policy under which an attack runs. @param name the rule that it tries to break, or `masking` */
export function policyFor(name: string): Policy {
  const policy = POLICIES[name];
  if (policy === undefined) throw new RangeError(`no policy for ${name}`);
  return policy;
}
