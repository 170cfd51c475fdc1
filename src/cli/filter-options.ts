import type { Command } from 'commander';

import type { RecordFilter } from '../collector/store/record-store.js';
import { parseCount } from './parse-count.js';
import { parseSince } from './parse-since.js';

/** Flags of {@link addFilterOptions}. */
export type FilterFlags = RecordFilter;

/** Adds the options that say which records are wanted. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--agent <subject>', 'of this agent')
    .option('--actor <subject>', 'of this agent, or of one on whose behalf it was')
    .option('--task <id>', 'of this task')
    .option('--session <id>', 'of this session')
    .option('--table <name>', 'that touch this table: orders, or shop.orders')
    .option('--written <name>', 'that write this table')
    .option('--masked <column>', 'in which this column was masked: shop.customers.email')
    .option('--operation <verb>', 'SELECT, DELETE …', (verb) => verb.toUpperCase())
    .option('--effect <verdict>', 'allow, deny, approve or error')
    .option('--rule <name>', 'under this rule')
    .option('--status <outcome>', 'ok, error, denied, aborted or unknown')
    .option('--server <address>', 'on this database server, host:port')
    .option('--digest <hash>', 'with this fingerprint')
    .option('--trace <id>', 'of this trace')
    .option('--type <type>', 'statement, session, approval …')
    .option('--rows <number>', 'that returned or changed at least so many rows', parseCount)
    .option('--since <time>', 'from this time on: 2026-11-22T10:00:00Z, or 90s, 30m, 2h, 7d ago', parseSince)
    .option('--until <time>', 'before this time', parseSince);
}

/** What flags say of the records that are wanted. */
export function filterOf(flags: FilterFlags): RecordFilter {
  const { type, agent, actor, task, session, table, written, masked, operation, effect } = flags;
  const { rule, status, server, digest, trace, text, since, until, rows } = flags;
  return {
    ...{ type, agent, actor, task, session, table, written, masked, operation, effect },
    ...{ rule, status, server, digest, trace, text, since, until, rows },
  };
}
