import { DenialError } from '../../errors.js';
import { isOneOf } from '../canonical/token.js';
import type { QueryContext } from '../query-context.js';
import { checkAccounts } from '../tree/accounting.js';
import { Collector } from '../tree/collector.js';
import type { ParserInput } from '../tree/parser-text.js';
import type { TreeReading } from '../tree/tree-reading.js';
import { SecondParser } from './second-parser.js';
import { readStatement } from './statement-reader.js';

const parser = new SecondParser();

/** What the second parser says about a statement. */
export interface SecondOpinion {
  /** Undefined where it, or the reading of its tree, does not understand. */
  readonly reading: TreeReading | undefined;
  /** It was asked, and does not take it for a statement. */
  readonly isRejected: boolean;
}

/** Asks the second parser about a statement. */
export function askSecond(input: ParserInput, context: QueryContext): SecondOpinion {
  const tree = parser.parse(input.text, input.tokens, context.budget);
  if (tree === undefined) return { reading: undefined, isRejected: parser.takes(input.tokens) };
  const collector = new Collector(context);
  try {
    return { reading: { kind: readStatement(tree, collector), collector }, isRejected: false };
  } catch (error) {
    if (error instanceof DenialError) return { reading: undefined, isRejected: false };
    throw error;
  }
}

/** What the second parser says where the first does not understand: it has to account for each identifier, as the first has. */
export function standingAlone(input: ParserInput, reading: TreeReading | undefined): TreeReading | undefined {
  if (reading === undefined) return undefined;
  const { collector } = reading;
  // To the server XOR stands between AND and OR, && is AND, and := takes all that follows; this parser binds them more tightly.
  const isMisread = input.tokens.some((token) => isOneOf(token, 'XOR', '&&', ':='));
  if (isMisread && collector.where === 'present') collector.where = 'constant';
  try {
    checkAccounts(input.tokens, collector);
    return reading;
  } catch (error) {
    if (error instanceof DenialError) return undefined;
    throw error;
  }
}

/**
 * Holds two readings against each other.
 * @throws DenialError `STATEMENT_UNKNOWN` where they differ in kind, in a table or in how it is used
 */
export function checkAgreement(first: TreeReading, second: TreeReading): void {
  if (first.kind !== second.kind) disagree(first.kind, second.kind);
  const uses = usesOf(first);
  const others = usesOf(second);
  const only = [...uses].find((use) => !others.has(use));
  const other = [...others].find((use) => !uses.has(use));
  if (only !== undefined || other !== undefined) disagree(only ?? 'no such table', other ?? 'no such table');
}

function usesOf({ collector }: TreeReading): ReadonlySet<string> {
  return new Set(
    collector.tables.map(({ schema, table, access }) => `${JSON.stringify([schema ?? null, table])} ${access}`),
  );
}

function disagree(first: string, second: string): never {
  const told = [first, second].map((text) => text.slice(0, 128)).join(' and ');
  throw new DenialError('STATEMENT_UNKNOWN', `two parsers disagree on what it does: ${told}`);
}
