import type { CatalogueRow } from './catalogue-source.js';
import type {
  CatalogueReference,
  CatalogueRoutine,
  CatalogueTable,
  CatalogueTrigger,
  SchemaObjects,
  TriggerEvent,
} from './schema-objects.js';

const FROM = 'FROM information_schema.';
const DOORS: ReadonlySet<string> = new Set(['MRG_MYISAM', 'MERGE', 'FEDERATED', 'SPIDER', 'CONNECT', 'OQGRAPH', 'S3']);
/** An account as information_schema writes it: `'user'@'host'`. Where it holds quotes, nothing is granted to it as far as is seen. */
const GRANTEE = `CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')`;

/**
 * In the order of {@link readSchema}. Each is given the schema's name.
 * @see https://dev.mysql.com/doc/refman/8.4/en/information-schema.html
 */
const QUERIES: readonly string[] = [
  `SELECT TABLE_NAME, ENGINE ${FROM}TABLES WHERE TABLE_SCHEMA = ?`,
  `SELECT TABLE_NAME, VIEW_DEFINITION ${FROM}VIEWS WHERE TABLE_SCHEMA = ?`,
  `SELECT SPECIFIC_NAME, ROUTINE_TYPE, IF(ROUTINE_BODY = 'SQL', ROUTINE_DEFINITION, NULL), SQL_MODE ${FROM}ROUTINES WHERE ROUTINE_SCHEMA = ?`,
  `SELECT SPECIFIC_NAME, ROUTINE_TYPE, PARAMETER_NAME ${FROM}PARAMETERS WHERE SPECIFIC_SCHEMA = ? AND PARAMETER_NAME IS NOT NULL`,
  `SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION, ACTION_STATEMENT, SQL_MODE ${FROM}TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ?`,
  `SELECT REFERENCED_TABLE_NAME, CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_NAME, REFERENCED_COLUMN_NAME, COLUMN_NAME ${FROM}KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = ?`,
  `SELECT CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_NAME, DELETE_RULE, UPDATE_RULE ${FROM}REFERENTIAL_CONSTRAINTS WHERE UNIQUE_CONSTRAINT_SCHEMA = ?`,
  `SELECT TABLE_NAME, COLUMN_NAME ${FROM}STATISTICS WHERE TABLE_SCHEMA = ? AND SEQ_IN_INDEX = 1`,
  // Those of views, too: MySQL leaves the names out of the definition that CREATE VIEW gives them in a list.
  `SELECT TABLE_NAME, COLUMN_NAME, GENERATION_EXPRESSION ${FROM}COLUMNS WHERE TABLE_SCHEMA = ? AND (GENERATION_EXPRESSION <> '' OR TABLE_NAME IN (SELECT TABLE_NAME ${FROM}VIEWS WHERE TABLE_SCHEMA = ?)) ORDER BY TABLE_NAME, ORDINAL_POSITION`,
];

const COLUMN_QUERIES: readonly string[] = [
  `SELECT TABLE_NAME, COLUMN_NAME, EXTRA, COLUMN_COMMENT, DATA_TYPE ${FROM}COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
];

/** What an account sees of a schema: `TRIGGER` shows its triggers, and `SELECT` on everything all tables. */
const PRIVILEGE_QUERIES: readonly string[] = [
  `SELECT PRIVILEGE_TYPE ${FROM}USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('SELECT', 'TRIGGER') AND GRANTEE = ${GRANTEE}`,
  `SELECT PRIVILEGE_TYPE ${FROM}SCHEMA_PRIVILEGES WHERE PRIVILEGE_TYPE = 'TRIGGER' AND ? LIKE TABLE_SCHEMA AND GRANTEE = ${GRANTEE}`,
  // MySQL: what is granted on everything may be taken back for a schema.
  `SHOW VARIABLES LIKE 'partial_revokes'`,
];

/**
 * The queries about a schema.
 * @param withColumns - also about all columns
 */
export function schemaQueries(schema: string, withColumns: boolean): readonly string[] {
  return about(schema, withColumns ? [...QUERIES, ...COLUMN_QUERIES] : QUERIES);
}

/** The queries about what the account may see of a schema. */
export function privilegeQueries(schema: string): readonly string[] {
  return about(schema, PRIVILEGE_QUERIES);
}

/** As a literal that no sql_mode and no character set reads otherwise. */
function about(schema: string, queries: readonly string[]): readonly string[] {
  const name = `_utf8mb4 X'${Buffer.from(schema).toString('hex')}'`;
  return queries.map((sql) => sql.replaceAll('?', name));
}

/** What the account may see. */
export interface Sight {
  /** Every table of every schema: what it does not see is not there. */
  readonly allTables: boolean;
  readonly triggers: boolean;
}

/** @param answers to {@link privilegeQueries} */
export function readSight(answers: readonly (readonly CatalogueRow[])[]): Sight {
  const [granted = [], here = [], [partialRevokes] = []] = answers;
  const everywhere = partialRevokes?.[1]?.toUpperCase() === 'ON' ? [] : granted;
  const holds = (rows: readonly CatalogueRow[], privilege: string): boolean =>
    rows.some(([name]) => name === privilege);
  return {
    allTables: holds(everywhere, 'SELECT'),
    triggers: holds(everywhere, 'TRIGGER') || holds(here, 'TRIGGER'),
  };
}

/** @param answers to {@link schemaQueries} */
export function readSchema(name: string, answers: readonly (readonly CatalogueRow[])[]): SchemaObjects {
  const [tables = [], views = [], routines = [], parameters = [], triggers = [], columns = [], rules = []] = answers;
  const [keys = [], expressions = [], all = []] = answers.slice(7);
  const definitions = new Map(views.map(([view, definition]) => [view, definition ?? '']));
  const triggersOf = grouped(triggers, (row, table) => triggerOf(name, table, row));
  const referencesOf = readReferences(columns, rules);
  const parametersOf = grouped(
    parameters.map(([routine, type, parameter]) => [routineKey(routine, type), parameter ?? null]),
    ([parameter]) => (parameter ?? '').toLowerCase(),
  );
  const keysOf = grouped(keys, ([column]) => (column ?? '').toLowerCase());
  const expressionsOf = grouped(expressions, ([column, expression]) => ({
    name: column ?? '',
    expression: expression ?? '',
  }));
  const columnsOf = grouped(all, ([column, extra, comment, type]) => ({
    name: column ?? '',
    isVisible: !/\bINVISIBLE\b/i.test(extra ?? ''),
    comment: comment ?? '',
    dataType: (type ?? '').toLowerCase(),
  }));
  return {
    name,
    tables: byFoldedName(
      tables.map(([table, engine]): CatalogueTable => ({
        schema: name,
        name: table ?? '',
        definition: definitions.get(table ?? ''),
        isDoor: DOORS.has((engine ?? '').toUpperCase()),
        triggers: triggersOf.get(table ?? '') ?? [],
        referencedBy: referencesOf.get(table ?? '') ?? [],
        keyColumns: new Set(keysOf.get(table ?? '')),
        columns: columnsOf.get(table ?? '') ?? [],
        generated: (expressionsOf.get(table ?? '') ?? []).filter(({ expression }) => expression !== ''),
        viewColumns: (definitions.has(table ?? '') ? (expressionsOf.get(table ?? '') ?? []) : []).map(
          (column) => column.name,
        ),
      })),
    ),
    routines: byFoldedName(routines.map((row) => routineOf(name, row, parametersOf))),
  };
}

function triggerOf(schema: string, table: string, [name, event, body, sqlMode]: CatalogueRow): CatalogueTrigger {
  return {
    schema,
    table,
    name: name ?? '',
    event: event as TriggerEvent,
    body: body ?? undefined,
    sqlMode: sqlMode ?? '',
  };
}

/** A procedure and a function may have one name. */
function routineKey(name: string | null | undefined, type: string | null | undefined): string {
  return `${type} ${name}`;
}

function routineOf(
  schema: string,
  [name, type, body, sqlMode]: CatalogueRow,
  parametersOf: ReadonlyMap<string, readonly string[]>,
): CatalogueRoutine {
  return {
    schema,
    name: name ?? '',
    kind: type === 'FUNCTION' ? 'function' : 'procedure',
    // A package of MariaDB has a body of another grammar.
    body: type === 'FUNCTION' || type === 'PROCEDURE' ? (body ?? undefined) : undefined,
    sqlMode: sqlMode ?? '',
    parameters: parametersOf.get(routineKey(name, type)) ?? [],
  };
}

/** A reference whose rows are being gathered: one for each column. */
interface OpenReference extends CatalogueReference {
  readonly columns: Set<string>;
  readonly ownColumns: string[];
}

function readReferences(
  columns: readonly CatalogueRow[],
  rules: readonly CatalogueRow[],
): ReadonlyMap<string, readonly CatalogueReference[]> {
  const keyOf = (row: CatalogueRow): string => JSON.stringify(row.slice(0, 3));
  const ruleOf = new Map(rules.map((row) => [keyOf(row), row.slice(3)]));
  const references = new Map<
    string,
    Map<string, CatalogueReference & { readonly columns: Set<string>; readonly ownColumns: string[] }>
  >();
  for (const [referenced, ...row] of columns) {
    const [schema, constraint, table, column, ownColumn] = row;
    const key = keyOf(row);
    const [onDelete, onUpdate] = ruleOf.get(key) ?? [];
    const ofTable = references.get(referenced ?? '') ?? new Map<string, OpenReference>();
    const known: OpenReference = ofTable.get(key) ?? {
      schema: schema ?? '',
      constraint: constraint ?? '',
      table: table ?? '',
      ownColumns: [],
      columns: new Set<string>(),
      onDelete: onDelete ?? 'CASCADE',
      onUpdate: onUpdate ?? 'CASCADE',
    };
    known.columns.add((column ?? '').toLowerCase());
    known.ownColumns.push(ownColumn ?? '');
    ofTable.set(key, known);
    references.set(referenced ?? '', ofTable);
  }
  return new Map([...references].map(([table, found]) => [table, [...found.values()]]));
}

/** What is read of the rows, by their first value. */
function grouped<T>(
  rows: readonly CatalogueRow[],
  read: (row: CatalogueRow, name: string) => T,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [name, ...row] of rows) {
    const group = groups.get(name ?? '');
    if (group === undefined) groups.set(name ?? '', [read(row, name ?? '')]);
    else group.push(read(row, name ?? ''));
  }
  return groups;
}

function byFoldedName<T extends { readonly name: string }>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const object of objects) {
    const folded = object.name.toLowerCase();
    const same = found.get(folded);
    if (same === undefined) found.set(folded, [object]);
    else same.push(object);
  }
  return found;
}
