import type { Analysis, ColumnUse, StatementKind, TableAccess, TableUse } from '../sql/analysis.js';
import { factOf, type FactName } from './facts.js';
import { anyNameMatcher, type NameMatcher, nameMatcher } from '../matching/index.js';
import type { RuleSubject } from './rule.js';

/**
 * What a statement has to be. Every member that is given has to hold; of the values of one, any.
 * In patterns `*` stands for any characters, and case does not count.
 */
export interface StatementMatch {
  /** Patterns of operations: `DELETE`, `CREATE TABLE`, `DROP *`. */
  readonly operations?: readonly string[];
  /** Families of statements: `select`, `update`, `ddl` … */
  readonly kinds?: readonly StatementKind[];
  /** Patterns `schema.table`. A rule that allows wants all tables of the statement to fit, every other rule any of them. */
  readonly tables?: readonly string[];
  /** How the statement touches the tables. Default any way. */
  readonly access?: TableAccess;
  /** Patterns `schema.table.column`, with any and all as for tables. A `*` in a statement is every column. */
  readonly columns?: readonly string[];
  /** Patterns of functions that are called. */
  readonly functions?: readonly string[];
  /** Patterns of routines that are called, `schema.name`, or `name` where the statement names no schema. */
  readonly routines?: readonly string[];
  /** Patterns of views, routines, triggers and foreign keys that the statement runs in, `schema.name`: it is not what the caller sent. */
  readonly within?: readonly string[];
  /** What is known of the statement. */
  readonly facts?: readonly FactName[];
  /** Digests of statements, as they stand in records: exactly these texts, whatever their literals. */
  readonly digests?: readonly string[];
}

/** Why a statement fits; undefined where it does not. */
export type StatementMatcher = (subject: RuleSubject) => string | undefined;

/** @param all - whether every table, column and routine has to fit, and what is not known does not */
export function statementMatcher(match: StatementMatch, all: boolean): StatementMatcher {
  const parts = partsOf(match, all);
  return (subject) => {
    let reason: string | undefined;
    for (const part of parts) {
      const found = part(subject);
      if (found === undefined) return undefined;
      reason ??= found;
    }
    return reason ?? `${subject.statement.analysis.operation} is meant by the rule`;
  };
}

function partsOf(match: StatementMatch, all: boolean): readonly StatementMatcher[] {
  const { facts, digests, operations, kinds, tables, access, columns, functions, routines, within } = match;
  const parts: StatementMatcher[] = [];
  if (facts !== undefined) parts.push(factMatcher(facts));
  if (digests !== undefined) parts.push(digestMatcher(digests));
  // What nobody understands is allowed by its digest, by where it is or as what is unknown, and not because of a word at its start.
  if (all && digests === undefined && within === undefined && facts?.includes('unknown') !== true)
    parts.push(isUnderstood);
  if (within !== undefined) parts.push(withinMatcher(within));
  if (kinds !== undefined) parts.push(kindMatcher(kinds));
  if (operations !== undefined) parts.push(operationMatcher(operations, all));
  if (tables !== undefined || access !== undefined) parts.push(tableMatcher(tables ?? ['*.*'], access, all));
  if (columns !== undefined) parts.push(columnMatcher(columns, all));
  // Columns that may be named are columns that may be read.
  if (all && columns !== undefined && kinds === undefined && operations === undefined)
    parts.push(factMatcher(['read']));
  if (functions !== undefined) parts.push(namesMatcher(functions, all, (analysis) => analysis.functions));
  if (routines !== undefined) parts.push(namesMatcher(routines, all, routinesOf));
  return parts;
}

const analysisOf = ({ statement }: RuleSubject): Analysis => statement.analysis;

const isUnderstood: StatementMatcher = (subject) =>
  analysisOf(subject).kind === 'unknown' ? undefined : `${analysisOf(subject).operation} is understood`;

function factMatcher(facts: readonly FactName[]): StatementMatcher {
  return (subject) => {
    for (const fact of facts) {
      const reason = factOf(fact, subject);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}

function digestMatcher(digests: readonly string[]): StatementMatcher {
  const known = new Set(digests);
  return (subject) => {
    // Whoever lists a text means what it leads to, too.
    const { statement, sent = statement } = subject;
    // What could not be read to its end, or is made while it runs, has the same digest as other texts.
    const isExact =
      !sent.fingerprint.endsWith('…') && factOf('dynamic-sql', { ...subject, statement: sent }) === undefined;
    return isExact && known.has(sent.digest) ? 'the statement is listed' : undefined;
  };
}

function withinMatcher(patterns: readonly string[]): StatementMatcher {
  const fits = anyNameMatcher(patterns);
  return ({ within = [] }) => {
    const found = within.find(fits);
    return found === undefined ? undefined : `it runs in ${found}`;
  };
}

function kindMatcher(kinds: readonly StatementKind[]): StatementMatcher {
  return (subject) => {
    const { kind, operation } = analysisOf(subject);
    return kinds.includes(kind) ? `${operation} is meant by the rule` : undefined;
  };
}

/** INSERT … ON DUPLICATE KEY UPDATE is an UPDATE, too. */
function operationMatcher(patterns: readonly string[], all: boolean): StatementMatcher {
  const fits = anyNameMatcher(patterns);
  return (subject) => {
    const { operation, upserts } = analysisOf(subject);
    const operations = upserts === true ? [operation, 'UPDATE'] : [operation];
    const found = all ? operations.every(fits) && operation : operations.find(fits);
    return found === undefined || found === false ? undefined : `${found} is meant by the rule`;
  };
}

function tableMatcher(patterns: readonly string[], access: TableAccess | undefined, all: boolean): StatementMatcher {
  const pairs = patterns.map((pattern) => qualified(pattern, 2, all));
  const hasAccess = (table: TableUse): boolean => access === undefined || table.access === access;
  const fits = (table: TableUse): boolean =>
    hasAccess(table) && pairs.some(([schema, name]) => schema?.(table.schema) === true && name?.(table.table) === true);
  return (subject) => {
    const { kind, operation, tables } = analysisOf(subject);
    // DROP DATABASE, a routine or a trigger: what it touches is not seen.
    if (!all && kind === 'ddl' && tables.length === 0 && access !== 'read') return `${operation} may touch any table`;
    const found = all ? tables.length > 0 && tables.every(fits) && tables[0] : tables.find(fits);
    if (found === false || found === undefined) return undefined;
    return `${operation} touches ${found.schema ?? '?'}.${found.table}`;
  };
}

const NATURAL: ColumnUse = { table: undefined, column: '*', clause: 'join', bare: false, nested: false };

function columnMatcher(patterns: readonly string[], all: boolean): StatementMatcher {
  const triples = patterns.map((pattern) => qualified(pattern, 3, all));
  return (subject) => {
    const { operation, columns: named, tables, naturalJoin } = analysisOf(subject);
    // Which columns it compares is not seen.
    const columns = naturalJoin === true ? [...named, NATURAL] : named;
    const fits = (use: ColumnUse): boolean =>
      triples.some(([schema, table, column]) => {
        const isColumn = use.column === '*' ? !all || column?.('*') === true : column?.(use.column) === true;
        if (!isColumn) return false;
        // The qualifier of a column names no schema: it is that of a table of the statement.
        const owners = tables.filter((owner) => use.table === undefined || owner.table === use.table);
        const isOwner = (owner: TableUse): boolean => schema?.(owner.schema) === true && table?.(owner.table) === true;
        return all ? owners.length > 0 && owners.every(isOwner) : owners.some(isOwner);
      });
    const found = all ? columns.length > 0 && columns.every(fits) && columns[0] : columns.find(fits);
    if (found === false || found === undefined) return undefined;
    return `${operation} names the column ${found.table ?? '?'}.${found.column}`;
  };
}

function namesMatcher(
  patterns: readonly string[],
  all: boolean,
  namesOf: (analysis: Analysis) => readonly string[],
): StatementMatcher {
  const fits = anyNameMatcher(patterns);
  return (subject) => {
    const names = namesOf(analysisOf(subject));
    const found = all ? names.length > 0 && names.every(fits) && names[0] : names.find(fits);
    return found === false || found === undefined ? undefined : `${found}() is called`;
  };
}

function routinesOf({ kind, routines }: Analysis): readonly string[] {
  return routines ?? (kind === 'call' ? ['?'] : []);
}

/** The matchers of a qualified pattern's parts. Its last part may hold what the ones before do not: a dot. */
function qualified(pattern: string, parts: number, all: boolean): readonly NameMatcher[] {
  const names = pattern.split('.');
  const last = names.splice(parts - 1).join('.');
  return [...names, last].map((name) => nameMatcher(name, !all));
}
