import type { StatementLineage } from './lineage/lineage.js';
import type { KnownTables } from './lineage/origins.js';

/** What a statement does, in our own normal form. No type of a parser leaves this folder. */

/** The family a statement belongs to. `unknown` is what the lexer or the parser could not vouch for. */
export type StatementKind =
  | 'select'
  | 'insert'
  | 'replace'
  | 'update'
  | 'delete'
  | 'ddl'
  | 'call'
  | 'load'
  | 'transaction'
  | 'session'
  | 'show'
  | 'explain'
  | 'use'
  | 'administration'
  | 'unknown';

/** How a statement touches a table. */
export type TableAccess = 'read' | 'write';

/** One table that a statement names. */
export interface TableUse {
  /** As written, or the default schema at that moment; undefined where there is neither. */
  readonly schema: string | undefined;
  /** The table's name as written, without quotes. */
  readonly table: string;
  /** `write` covers read and write. */
  readonly access: TableAccess;
  /** True where the table stands in the FROM of the outermost SELECT, or is the target of the write; false in any subquery, CTE, set operation or derived table. */
  readonly outermost: boolean;
}

/** Where in a statement a column is named. */
export type ColumnClause = 'output' | 'where' | 'join' | 'group' | 'having' | 'order' | 'set' | 'value' | 'other';

/** One column that a statement names. */
export interface ColumnUse {
  /** The table's name when the qualifier (name or alias) could be resolved or there is only one table; undefined where it is ambiguous. */
  readonly table: string | undefined;
  /** The column's name as written, without quotes; `*` for a star. */
  readonly column: string;
  /** The clause it stands in. */
  readonly clause: ColumnClause;
  /** Directly an output column, or directly compared for equality with a literal or parameter; false inside an expression. */
  readonly bare: boolean;
  /** True where it stands in a subquery, CTE, derived table or second arm of a set operation. */
  readonly nested: boolean;
}

/** The predicate that bounds an UPDATE, a DELETE or a SELECT. */
export type WhereFact = 'absent' | 'constant' | 'present';

/** One change of session state: `sql_mode`, `character_set_client`, `namespace` (USE) or any other variable, lower case; user variables begin with `@`. */
export interface SessionChange {
  readonly variable: string;
  readonly value: string | undefined;
  /** The variable of the session whose value it takes; `value` is undefined then. */
  readonly from?: string;
  /** What is put behind the value that `sql_mode` has; in no analysis that is handed out. */
  readonly added?: string;
}

/** What one statement does. */
export interface Analysis {
  readonly kind: StatementKind;
  /** The verb for the record, upper case: `SELECT`, `DELETE`, `CREATE TABLE` … */
  readonly operation: string;
  readonly tables: readonly TableUse[];
  readonly columns: readonly ColumnUse[];
  /** Names of functions called, lower case. */
  readonly functions: readonly string[];
  /** `absent`: no WHERE; `constant`: a WHERE that names no column but to compare it with itself, or none in some arm of an OR; `present` otherwise. */
  readonly where: WhereFact;
  /** The statement has a subquery, a CTE, a derived table or a set operation. */
  readonly compound: boolean;
  /** SELECT … INTO OUTFILE/DUMPFILE/@v, LOAD DATA, LOAD_FILE(): touches files or variables. */
  readonly file: boolean;
  /** LOAD DATA LOCAL INFILE: the client's file is asked for. */
  readonly localInfile: boolean;
  /** Routines that it calls, `schema.name` or `name`: those of CALL, and functions that the server does not bring along. Absent where there are none. */
  readonly routines?: readonly string[];
  /**
   * Of those, and of the triggers and views that it uses, the ones whose inside is not seen. Absent where no catalogue was asked: then no inside
   * is.
   */
  readonly unseen?: readonly string[];
  /** The last of `unseen`: tables that it names, of which it is only not seen whether there are any. Absent where there are none. */
  readonly hidden?: readonly string[];
  /** Tables that it updates or deletes from by a condition which names no first column of an index. Absent where no catalogue was asked. */
  readonly withoutKey?: readonly string[];
  /** CREATE or DROP of temporary tables: it changes what this session sees, and no schema. */
  readonly temporary?: true;
  /** Session state that the statement sets, in order; `value` is undefined where it is no literal. */
  readonly sets?: readonly SessionChange[];
  /** INSERT … ON DUPLICATE KEY UPDATE: it updates rows that are there. */
  readonly upserts?: true;
  /** REPLACE … SELECT, INSERT … SELECT … ON DUPLICATE KEY UPDATE: as many rows are overwritten as the query gives. */
  readonly upsertsQuery?: boolean;
  /**
   * UPDATE or DELETE of several tables: one that it writes, and of which its conditions leave out no row. SELECT: one that no condition ties to the
   * others. Absent where there is none.
   */
  readonly unboundedTable?: string;
  /** A NATURAL JOIN compares columns that it does not name. */
  readonly naturalJoin?: boolean;
  /** START TRANSACTION READ WRITE, SET TRANSACTION READ WRITE, SET transaction_read_only to anything but 1: ends a read-only mode. */
  readonly readWrite?: boolean;
  /** EXPLAIN ANALYZE, ANALYZE (MariaDB): it runs, and its answer is its plan, which may show values that it is compared with or reads. */
  readonly explains?: true;
  /** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE: rows that are read are locked. */
  readonly locks?: boolean;
  /** @internal Where its values come from. Absent where no query is in it, or where the parser that tells it does not understand. */
  readonly lineage?: StatementLineage;
  /** Why the statement is `unknown`; undefined otherwise. */
  readonly problem: string | undefined;
}

/** One statement of a text, as cached under its fingerprint. */
export interface AnalysedStatement {
  /** The text with literals replaced by `?`, comments removed, white space folded, keywords as written in lower case. */
  readonly fingerprint: string;
  /** SHA-256 of the fingerprint, base64url. */
  readonly digest: string;
  /** `DELETE orders`: operation and tables, for people (OTel's `db.query.summary`). */
  readonly summary: string;
  readonly analysis: Analysis;
  /** Its literals may be a password or a key, as in `IDENTIFIED BY '…'`. */
  readonly secret?: true;
  /** What runs because it does: in views, routines and triggers, and by foreign keys. Absent where a catalogue knows of nothing. */
  readonly inner?: readonly InnerStatement[];
  /** @internal Of the tables that it names, those that the catalogue does not know, `schema.name`: they may have been made since. Absent where there are none. */
  readonly absent?: readonly string[];
  /** @internal What is known of the tables that it names. Absent where no catalogue was asked for columns. */
  readonly tables?: KnownTables;
}

/** A statement that runs because another one does. */
export interface InnerStatement {
  readonly statement: AnalysedStatement;
  /** Views, routines, triggers and foreign keys that lead to it, the outermost first: `schema.name`. */
  readonly within: readonly string[];
  /** It is the query of a view, and nothing but views leads to it. */
  readonly isView?: true;
}

/** A whole COM_QUERY or COM_STMT_PREPARE text. Same object for the same fingerprint while it is cached. */
export interface AnalysedText {
  /** At least one; more where the text holds several statements. */
  readonly statements: readonly AnalysedStatement[];
}

/** The server's rules that decide how bytes become tokens. */
export interface SqlDialect {
  readonly flavour: 'mysql' | 'mariadb';
  /** As in versioned comments: 80036 for 8.0.36, 101118 for 10.11.18. */
  readonly version: number;
}

/** State of a session that changes what a text means. One object per distinct state; its identity is a cache key. */
export interface AnalysisScope {
  readonly dialect: SqlDialect;
  /** Default schema, undefined where none is selected. */
  readonly namespace: string | undefined;
  /** The server's sql_mode, upper case, comma separated, as `@@sql_mode` gives it. */
  readonly sqlMode: string;
}

/** Start and end (exclusive) of one statement within the text, in bytes. */
export interface StatementSpan {
  readonly start: number;
  readonly end: number;
}
