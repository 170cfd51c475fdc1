/** The policy that each rule of an attack file stands for. */
import { defaultRules, type Rule, type RuleContext } from '../src/guardrails/index.js';
import type { Analysis } from '../src/sql/analysis.js';

/** The columns that tell one row of the attacked schema from another. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['customers', 'id'],
  ['orders', 'id'],
]);

function rule(name: string, denies: (analysis: Analysis, context: RuleContext) => string | undefined): Rule {
  return { name, denies: (context) => denies(context.statement.analysis, context) };
}

const READS: readonly Analysis['kind'][] = ['select', 'show', 'explain', 'use'];

const onlyReads = rule('only-reads', ({ kind, locks, operation }) => {
  if (locks === true) return `${operation} locks the rows that it reads`;
  return READS.includes(kind) ? undefined : `${operation} does more than read`;
});

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

/** An upsert of rows that a query gives changes as many as it gives. */
const upsertsOfValues = rule('upserts-of-values', ({ operation }, { statement: { fingerprint } }) =>
  /\bselect\b.*\bon duplicate key update\b/s.test(fingerprint)
    ? `${operation} may change all that it reads`
    : undefined,
);

const noServerSettings = rule('no-server-settings', ({ operation }) =>
  ['SHOW VARIABLES', 'SHOW STATUS', 'SHOW PLUGINS'].includes(operation)
    ? `${operation} tells about the server`
    : undefined,
);

const noSessionChanges = rule('no-session-changes', ({ kind, operation }) =>
  kind === 'session' || kind === 'use' ? `${operation} changes the session` : undefined,
);

const noRecursion = rule('no-recursion', ({ operation }, { statement: { fingerprint } }) =>
  fingerprint.includes('with recursive') ? `${operation} may make rows without end` : undefined,
);

const noCustomers = rule('no-customers', ({ operation, tables }) => {
  const isDenied = tables.some(
    ({ schema, table }) => table.toLowerCase() === 'customers' || schema?.toLowerCase() === 'information_schema',
  );
  return isDenied ? `${operation} reaches customers, or the catalogue that tells of it` : undefined;
});

const BASE = defaultRules();

const POLICIES: Readonly<Record<string, readonly Rule[]>> = {
  readonly: [onlyReads, ...BASE],
  no_unbounded_write: [...BASE, writesByKey, upsertsOfValues],
  no_ddl: BASE,
  no_dynamic_sql: [...BASE, writesByKey],
  no_multi: BASE,
  no_file_io: BASE,
  no_admin: [...BASE, noServerSettings],
  no_session_tamper: [...BASE, noSessionChanges],
  no_resource_abuse: [...BASE, noRecursion],
  deny_table: [...BASE, noCustomers],
  identity: BASE,
  masking: BASE,
};

/** The rules under which an attack runs. @param name the rule that it tries to break, or `masking` */
export function policyFor(name: string): readonly Rule[] {
  const rules = POLICIES[name];
  if (rules === undefined) throw new RangeError(`no policy for ${name}`);
  return rules;
}
