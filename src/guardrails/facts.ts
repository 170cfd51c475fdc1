/**
 * What rules ask of a statement, by name: `facts` of a rule in code or in a policy file.
 *
 * @module
 */

import type { Analysis } from '../sql/analysis.js';
import type { RuleSubject } from './rule.js';

/** Names of facts. */
export type FactName =
  | 'unknown'
  | 'read'
  | 'write'
  | 'session'
  | 'ddl'
  | 'no-where'
  | 'constant-where'
  | 'unbounded-table'
  | 'query-upsert'
  | 'without-key'
  | 'multi-statement'
  | 'file-access'
  | 'local-infile'
  | 'resource-abuse'
  | 'named-lock'
  | 'side-effect-function'
  | 'locking-read'
  | 'read-write-mode'
  | 'dynamic-sql'
  | 'privilege'
  | 'administration'
  | 'routine-call'
  | 'unseen';

/** Tells why a statement has a fact; undefined where it has not. */
type Fact = (analysis: Analysis, subject: RuleSubject) => string | undefined;

const say = (is: boolean, reason: string): string | undefined => (is ? reason : undefined);

const WRITES: ReadonlySet<string> = new Set(['insert', 'replace', 'update', 'delete', 'load']);
const READS: ReadonlySet<string> = new Set(['select', 'show', 'explain']);
const SESSION: ReadonlySet<string> = new Set(['session', 'transaction', 'use']);

/** Functions that wait or burn. ENCRYPT() and KDF() take as many rounds as they are told. */
const RESOURCE_FUNCTIONS: ReadonlySet<string> = new Set([
  'benchmark',
  'encrypt',
  'kdf',
  'master_gtid_wait',
  'master_pos_wait',
  'sleep',
  'source_pos_wait',
  'wait_for_executed_gtid_set',
  'wsrep_sync_wait_upto_gtid',
]);

/** Functions of locks that have a name, at which every session that wants the name waits. */
const LOCK_FUNCTIONS: ReadonlySet<string> = new Set([
  'get_lock',
  'is_free_lock',
  'is_used_lock',
  'release_all_locks',
  'release_lock',
]);

/** Functions that read files, the binary log among them, run programs or change what others see. */
const SIDE_EFFECT_FUNCTIONS: ReadonlySet<string> = new Set([
  'binlog_gtid_pos',
  'lib_mysqludf_sys_info',
  'load_file',
  'setval',
  'sys_eval',
  'sys_exec',
  'sys_get',
  'sys_set',
]);

const PRIVILEGES =
  /^(?:GRANT|REVOKE|(?:CREATE|ALTER|DROP|RENAME) (?:USER|ROLE)|SET (?:PASSWORD|ROLE|DEFAULT)|SET SESSION AUTHORIZATION)$/;
const DYNAMIC = /^(?:PREPARE|EXECUTE(?: IMMEDIATE)?|DEALLOCATE|BINLOG|BEGIN|IF|CASE|FOR|WHILE|REPEAT|LOOP)$/;
const ADMINISTRATION =
  /^(?:KILL|FLUSH|RESET|SHUTDOWN|RESTART|PURGE|CLONE|HELP|CACHE|BACKUP|IMPORT|INSTALL|UNINSTALL|START|STOP|CHANGE|SET (?:GLOBAL|PERSIST|PERSIST_ONLY|RESOURCE)|LOCK INSTANCE|UNLOCK INSTANCE|(?:CREATE|ALTER|DROP) (?:SERVER|TABLESPACE|UNDO|LOGFILE|INSTANCE|RESOURCE|SPATIAL|PLUGIN|LIBRARY))\b/;

function calledOf({ functions }: Analysis, names: ReadonlySet<string>, what: string): string | undefined {
  const name = functions.find((candidate) => names.has(candidate));
  return name === undefined ? undefined : `${name.toUpperCase()}() ${what}`;
}

const isUnknown = ({ kind }: Analysis): boolean => kind === 'unknown';
const writesTable = ({ tables }: Analysis): boolean => tables.some(({ access }) => access === 'write');

const isChange = ({ kind }: Analysis): boolean => kind === 'update' || kind === 'delete';

const FACTS: Readonly<Record<FactName, Fact>> = {
  /** The lexer, the parsers or the grammar could not vouch for it. */
  unknown: (analysis) => say(isUnknown(analysis), `it is not understood: ${analysis.problem ?? 'no reason given'}`),
  /** It reads, and writes no table, no file and no lock. */
  read: (analysis) =>
    say(
      READS.has(analysis.kind) && !writesTable(analysis) && !analysis.file && analysis.locks !== true,
      `${analysis.operation} reads`,
    ),
  /** INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, or anything else that writes a table. */
  write: (analysis) => say(WRITES.has(analysis.kind) || writesTable(analysis), `${analysis.operation} writes`),
  /** Transactions, USE and settings of the session that are known to be harmless. */
  session: (analysis) => say(SESSION.has(analysis.kind), `${analysis.operation} is about the session only`),
  /** CREATE, ALTER, DROP, RENAME, TRUNCATE. */
  ddl: (analysis) => say(analysis.kind === 'ddl', `${analysis.operation} changes the schema`),
  /** UPDATE or DELETE without WHERE. */
  'no-where': (analysis) =>
    say(
      isChange(analysis) && analysis.where === 'absent',
      `${analysis.operation} has no WHERE: say which rows are meant`,
    ),
  /** UPDATE or DELETE whose WHERE bounds nothing by its shape: it compares no column, or one with itself, or has an OR with such an arm. */
  'constant-where': (analysis) =>
    say(
      isChange(analysis) && analysis.where === 'constant',
      `${analysis.operation} has a WHERE that bounds nothing: say which rows are meant`,
    ),
  /** UPDATE or DELETE of several tables that bounds no row of one that it writes: neither by a column of it nor by a table that it is joined to. */
  'unbounded-table': (analysis) => {
    const table = isChange(analysis) && analysis.where === 'present' ? analysis.unboundedTable : undefined;
    return table === undefined
      ? undefined
      : `${analysis.operation} bounds no row of ${table}: join it to one that is bounded, or name its column in the WHERE`;
  },
  /** REPLACE … SELECT, INSERT … SELECT … ON DUPLICATE KEY UPDATE: as many rows are overwritten as the query gives. */
  'query-upsert': (analysis) =>
    say(analysis.upsertsQuery === true, `${analysis.operation} overwrites as many rows as its query gives`),
  /** UPDATE or DELETE whose conditions name no first column of an index: every row is read, and locked meanwhile. Known where a catalogue is read. */
  'without-key': ({ operation, withoutKey: [table] = [] }) =>
    table === undefined ? undefined : `${operation} finds the rows of ${table} without a key`,
  /** More than one statement in a text. */
  'multi-statement': (_analysis, { statementCount }) =>
    say(statementCount > 1, `the text holds ${statementCount} statements: send one at a time`),
  /** LOAD DATA, LOAD_FILE(), SELECT … INTO OUTFILE, DUMPFILE or a variable. */
  'file-access': (analysis) =>
    say(
      (analysis.file || analysis.kind === 'load') && !analysis.localInfile,
      `${analysis.operation} reads or writes files of the server`,
    ),
  /** LOAD DATA LOCAL INFILE: the client sends a file of its own. */
  'local-infile': (analysis) => say(analysis.localInfile, `${analysis.operation} asks the client for a file`),
  /** Functions that wait or burn: SLEEP(), BENCHMARK() … */
  'resource-abuse': (analysis) => calledOf(analysis, RESOURCE_FUNCTIONS, 'waits or burns'),
  /** GET_LOCK() and its like. */
  'named-lock': (analysis) => calledOf(analysis, LOCK_FUNCTIONS, 'is about a lock that others may wait for'),
  /** Functions that do more than compute: SETVAL(), LOAD_FILE(), sys_exec() … */
  'side-effect-function': (analysis) => calledOf(analysis, SIDE_EFFECT_FUNCTIONS, 'does more than compute a value'),
  /** SELECT … FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE. */
  'locking-read': (analysis) => say(analysis.locks === true, `${analysis.operation} locks the rows that it reads`),
  /** START TRANSACTION READ WRITE, SET TRANSACTION READ WRITE, SET transaction_read_only = 0: leaves the server's read-only mode. */
  'read-write-mode': (analysis) =>
    say(analysis.readWrite === true, `${analysis.operation} leaves the server's read-only mode`),
  /** Statement text that is made while it runs: PREPARE, EXECUTE, compound statements, BINLOG. */
  'dynamic-sql': (analysis) =>
    say(isUnknown(analysis) && DYNAMIC.test(analysis.operation), `${analysis.operation} runs what is not seen here`),
  /** GRANT, REVOKE, accounts, roles, passwords. */
  privilege: (analysis) =>
    say(isUnknown(analysis) && PRIVILEGES.test(analysis.operation), `${analysis.operation} changes who may do what`),
  /** KILL, LOCK TABLES, FLUSH, SET GLOBAL, replication, plugins … */
  administration: (analysis) =>
    say(
      analysis.kind === 'administration' || (isUnknown(analysis) && ADMINISTRATION.test(analysis.operation)),
      `${analysis.operation} administers the server`,
    ),
  /** A procedure, a stored function or a loadable one is called. */
  'routine-call': (analysis) =>
    say(
      analysis.kind === 'call' || analysis.routines !== undefined,
      `the routine ${analysis.routines?.[0] ?? '?'} is called`,
    ),
  /** A routine, trigger or view whose inside is not seen: no catalogue knows it, or it may not be read. */
  unseen: (analysis) => {
    const [name] = unseenOf(analysis);
    return name === undefined ? undefined : `the inside of ${name} is not seen`;
  },
};

/** Routines, triggers and views that a statement uses and whose inside is not seen. */
export function unseenOf({ kind, routines, unseen }: Analysis): readonly string[] {
  return unseen ?? routines ?? (kind === 'call' ? ['?'] : []);
}

/** Every fact that a rule can ask for. */
export const factNames: readonly FactName[] = Object.keys(FACTS) as FactName[];

/** Why a statement has a fact, for the caller to read; undefined where it has not. */
export function factOf(name: FactName, subject: RuleSubject): string | undefined {
  return FACTS[name](subject.statement.analysis, subject);
}
