import type { Analysis } from '../sql/analysis.js';
import type { Rule } from './rule.js';

/** Denies what the lexer or the parser could not vouch for: unknown is never allowed. */
export const noUnknownStatements: Rule = {
  name: 'no-unknown-statements',
  denies: ({ statement: { analysis } }) =>
    analysis.kind === 'unknown' ? `it is not understood: ${analysis.problem ?? 'no reason given'}` : undefined,
};

/**
 * Denies UPDATE and DELETE without a WHERE, or with one that bounds nothing by its shape: it compares no column, or one with itself, or
 * has an OR with such an arm. Of several tables, each one that is written has to stand in the WHERE or in a join's condition.
 */
export const noUnboundedWrites: Rule = {
  name: 'no-unbounded-writes',
  denies: ({ statement: { analysis } }) => {
    if (analysis.kind !== 'update' && analysis.kind !== 'delete') return undefined;
    if (analysis.where !== 'present') {
      const missing = analysis.where === 'absent' ? 'has no WHERE' : 'has a WHERE that bounds nothing';
      return `${analysis.operation} ${missing}: say which rows are meant`;
    }
    const unbounded = unboundedTarget(analysis);
    if (unbounded === undefined) return undefined;
    return `${analysis.operation} bounds no row of ${unbounded}: join it, or name it in the WHERE`;
  },
};

function unboundedTarget({ tables, columns, naturalJoin }: Analysis): string | undefined {
  if (tables.length === 1 || naturalJoin === true) return undefined;
  const conditions = columns.filter(({ clause }) => clause === 'where' || clause === 'join');
  const targets = tables.filter(({ access }) => access === 'write');
  return targets.find(({ table }) => {
    // A use in a subquery that reads the table again may be of that reading.
    const isReadAgain = tables.some((other) => other.table === table && !other.outermost);
    return !conditions.some((use) =>
      use.nested && isReadAgain ? false : use.table === undefined || use.table === table,
    );
  })?.table;
}

/** Denies CREATE, ALTER, DROP, RENAME, TRUNCATE and the rest of data definition. */
export const noDdl: Rule = {
  name: 'no-ddl',
  denies: ({ statement: { analysis } }) =>
    analysis.kind === 'ddl' ? `${analysis.operation} changes the schema, which agents may not do` : undefined,
};

/** Denies LOAD DATA and SELECT … INTO OUTFILE/DUMPFILE. */
export const noFileAccess: Rule = {
  name: 'no-file-access',
  denies: ({ statement: { analysis } }) =>
    analysis.file || analysis.kind === 'load' ? `${analysis.operation} reads or writes files` : undefined,
};

/** As {@link noFileAccess}, but the client may send a file of its own: LOAD DATA LOCAL INFILE. */
export const noServerFileAccess: Rule = {
  name: 'no-server-file-access',
  denies: (context) => (context.statement.analysis.localInfile ? undefined : noFileAccess.denies(context)),
};

const SIDE_EFFECTS: ReadonlySet<string> = new Set([
  'benchmark',
  'get_lock',
  'is_free_lock',
  'load_file',
  'master_gtid_wait',
  'master_pos_wait',
  'release_all_locks',
  'release_lock',
  'setval',
  'sleep',
  'source_pos_wait',
  'sys_eval',
  'sys_exec',
  'wait_for_executed_gtid_set',
]);

/** Denies functions that block, wait, lock or read files. */
export const noSideEffectFunctions: Rule = {
  name: 'no-side-effect-functions',
  denies: ({ statement: { analysis } }) => {
    const name = analysis.functions.find((candidate) => SIDE_EFFECTS.has(candidate));
    return name === undefined ? undefined : `${name.toUpperCase()}() does more than compute a value`;
  },
};

/**
 * Denies procedures, stored functions and loadable functions that are not listed: what a routine does is not seen from its call.
 * @param allowed `schema.routine`, or `routine` where the statement names no schema; compared without case
 */
export function onlyRoutines(allowed: readonly string[]): Rule {
  const known = new Set(allowed.map((name) => name.toLowerCase()));
  return {
    name: 'only-listed-routines',
    denies: ({ statement: { analysis } }) => {
      const called = analysis.routines ?? (analysis.kind === 'call' ? ['?'] : []);
      const unknown = called.find((name) => !known.has(name.toLowerCase()));
      return unknown === undefined ? undefined : `the routine ${unknown} is not on the list of allowed routines`;
    },
  };
}

/** What {@link defaultRules} can be told to allow. */
export interface DefaultRulesOptions {
  /** Allow DDL. Default false. */
  readonly ddl?: boolean;
  /** Allow LOAD DATA LOCAL INFILE. Default false. */
  readonly localInfile?: boolean;
  /** Procedures and functions that may be called, beside those that the server brings along. Default none. */
  readonly routines?: readonly string[];
}

/** The rules that are safe on day one. */
export function defaultRules(options: DefaultRulesOptions = {}): readonly Rule[] {
  return [
    noUnknownStatements,
    noUnboundedWrites,
    ...(options.ddl === true ? [] : [noDdl]),
    options.localInfile === true ? noServerFileAccess : noFileAccess,
    noSideEffectFunctions,
    onlyRoutines(options.routines ?? []),
  ];
}
