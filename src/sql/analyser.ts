import { isUtf8 } from 'node:buffer';

import { LRUCache } from 'lru-cache';

import type { AnalysedStatement, AnalysedText, AnalysisScope, SqlDialect, StatementSpan } from './analysis.js';
import { type KnownScope, ScopeTable } from './analysis-scope.js';
import { describeStatement, describeUnreadable } from './analysed-statement.js';
import { CanonicalWriter, KEY_PREFIX } from './canonical/canonical-writer.js';
import { type ComparedValues, comparedValues } from './compared-values.js';
import { gapsOf } from './gaps.js';
import { readTokens, type Token } from './canonical/token.js';
import { problems } from './lexer/problem.js';
import { readRoutine, type RoutineContext } from './routine/routine-reader.js';
import { type Bounds, boundsThroughViews, type ViewQuery } from './seen-views.js';
import { statementSpans } from './statement-spans.js';
import { withoutRollupFunctions } from './view-definition.js';
import { WorkBudget } from './work-budget.js';

/** Bounds of an {@link Analyser}. */
export interface AnalyserOptions {
  /** Most texts kept. Default 10,000. */
  readonly maxEntries?: number;
  /** Most bytes of memory, roughly, for the texts kept. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Longest canonical text that is analysed, in bytes; literals do not count. A longer one is unknown. Default and most 64 KiB. */
  readonly maxCanonicalBytes?: number;
}

/** Tells what SQL text does. */
export interface Analyser {
  /** The scope for a session's state: the same object for the same values, as long as it is remembered. */
  scope(dialect: SqlDialect, namespace: string | undefined, sqlMode: string): AnalysisScope;
  /**
   * Analyses a text: `bytes` from `start` to `end`, in utf8mb4 or utf8mb3. Synchronous. Never throws: what cannot be read or
   * understood is one statement of kind `unknown`. The same object for texts that differ in literals, comments and white space only, where the server
   * does not read them otherwise: `max (1)` calls a stored function without IGNORE_SPACE.
   */
  analyse(bytes: Uint8Array, start: number, end: number, scope: AnalysisScope): AnalysedText;
  /** Where each statement of {@link Analyser.analyse} stands; as many spans as it has statements. */
  split(bytes: Uint8Array, start: number, end: number, scope: AnalysisScope): readonly StatementSpan[];
  /** What stands between the tokens of a text, as Latin-1: its comments, and white space. */
  gaps(bytes: Buffer, start: number, end: number, scope: AnalysisScope): string;
  /**
   * What columns are compared with in a text that is understood.
   * @param names - of the columns as they stand in it, in any case
   */
  comparedValues(
    bytes: Buffer,
    start: number,
    end: number,
    scope: AnalysisScope,
    names: readonly string[],
  ): ComparedValues;
  /**
   * Analyses what the body of a routine or trigger does: its statements, and its expressions that read or call something. Not cached. Never throws:
   * what is not understood is one statement of kind `unknown`.
   */
  analyseRoutine(body: string, context: RoutineContext, scope: AnalysisScope): readonly AnalysedStatement[];
  /** Analyses the query of a view, as the server writes it in information_schema. Not cached. Never throws. */
  analyseView(definition: string, scope: AnalysisScope): AnalysedStatement;
  /**
   * Judges the conditions of a statement that is understood as if the queries of its views stood in it. Not cached. Never throws.
   * @param viewOf finds a view; undefined for what is none
   */
  boundsOf(statement: AnalysedStatement, scope: AnalysisScope, viewOf: FindView): Bounds;
}

/** A view. */
export interface ViewText extends Pick<ViewQuery, 'scope' | 'columns'> {
  /** As the server writes it; undefined where it is not to be seen through. */
  readonly definition: string | undefined;
}

/** Finds a view by its name. */
export type FindView = (schema: string | undefined, name: string) => ViewText | undefined;

const MAX_CANONICAL_BYTES = 65_536;
const MAX_SCOPES = 1_000;
const ROUTINE_PREFIX = 'CREATE PROCEDURE p() ';
const ROUTINE_PREFIX_TOKENS = 5;
/** Most statements of one text: each costs a parse. */
const MAX_STATEMENTS = 256;

/**
 * Makes an analyser with a cache of its own.
 * @example
 * const analyser = createAnalyser();
 * const scope = analyser.scope({ flavour: 'mysql', version: 80036 }, 'shop', '');
 * const text = Buffer.from('DELETE FROM orders');
 * analyser.analyse(text, 0, text.length, scope).statements[0]?.analysis.where; // 'absent'
 */
export function createAnalyser(options: AnalyserOptions = {}): Analyser {
  return new CachingAnalyser(options);
}

class CachingAnalyser implements Analyser {
  readonly #scopes = new ScopeTable(MAX_SCOPES);
  readonly #writer: CanonicalWriter;
  readonly #texts: LRUCache<string, AnalysedText>;

  constructor(options: AnalyserOptions) {
    this.#writer = new CanonicalWriter(Math.min(options.maxCanonicalBytes ?? MAX_CANONICAL_BYTES, MAX_CANONICAL_BYTES));
    this.#texts = new LRUCache({
      max: options.maxEntries ?? 10_000,
      maxSize: options.maxBytes ?? 64 * 1024 * 1024,
      sizeCalculation: sizeOf,
    });
  }

  scope(dialect: SqlDialect, namespace: string | undefined, sqlMode: string): KnownScope {
    return this.#scopes.intern(dialect, namespace, sqlMode);
  }

  analyse(bytes: Uint8Array, start: number, end: number, scope: AnalysisScope): AnalysedText {
    const known = this.#known(scope);
    const writer = this.#writer;
    const problem = known.rules.mode.problem ?? writer.write(bytes, start, end, known.rules);
    if (problem !== undefined) return this.#unreadable(problem, known.rules.mode.problem === undefined);
    const key = writer.buffer.toString('latin1', 0, writer.length);
    return this.#texts.get(key) ?? this.#analyseNew(key, known);
  }

  split(bytes: Uint8Array, start: number, end: number, scope: AnalysisScope): readonly StatementSpan[] {
    const { rules } = this.#known(scope);
    const problem = rules.mode.problem ?? this.#writer.write(bytes, start, end, rules);
    if (problem !== undefined || this.#problemOfEncoding() !== undefined) return [{ start, end }];
    const spans = statementSpans(bytes, start, this.#writer.semicolons, this.#writer.lastEnd);
    return spans.length > MAX_STATEMENTS ? [{ start, end }] : spans;
  }

  gaps(bytes: Buffer, start: number, end: number, scope: AnalysisScope): string {
    return gapsOf(bytes, start, end, this.#known(scope).rules);
  }

  comparedValues(
    bytes: Buffer,
    start: number,
    end: number,
    scope: AnalysisScope,
    names: readonly string[],
  ): ComparedValues {
    return comparedValues(bytes, start, end, this.#known(scope).rules, names);
  }

  analyseRoutine(body: string, context: RoutineContext, scope: AnalysisScope): readonly AnalysedStatement[] {
    // As a definition: its semicolons end no statement of the text.
    const tokens = this.#tokensOf(`${ROUTINE_PREFIX}${body}`, scope);
    if (typeof tokens === 'string') return [describeUnreadable('', tokens)];
    return readRoutine(tokens.slice(ROUTINE_PREFIX_TOKENS), context, scope);
  }

  analyseView(definition: string, scope: AnalysisScope): AnalysedStatement {
    const tokens = this.#queryOf(definition, scope);
    if (typeof tokens === 'string') return describeUnreadable('', tokens);
    return describeStatement(tokens, scope, new WorkBudget());
  }

  boundsOf({ fingerprint }: AnalysedStatement, scope: AnalysisScope, viewOf: FindView): Bounds {
    return boundsThroughViews(fingerprint, scope, (schema, name) => {
      const view = viewOf(schema, name);
      if (view === undefined) return undefined;
      const { definition, ...known } = view;
      const tokens = definition === undefined ? undefined : this.#queryOf(definition, view.scope);
      return { ...known, tokens: typeof tokens === 'string' ? undefined : tokens };
    });
  }

  /** The tokens of a view's query, or why it cannot be read. */
  #queryOf(definition: string, scope: AnalysisScope): readonly Token[] | string {
    const tokens = this.#tokensOf(definition, scope);
    const isWithRollup = typeof tokens !== 'string' && scope.dialect.flavour === 'mysql';
    return isWithRollup ? withoutRollupFunctions(tokens) : tokens;
  }

  /** The tokens of a text, or why it cannot be read. */
  #tokensOf(text: string, scope: AnalysisScope): readonly Token[] | string {
    const { rules } = this.#known(scope);
    const bytes = Buffer.from(text);
    const problem =
      rules.mode.problem ?? this.#writer.write(bytes, 0, bytes.length, rules) ?? this.#problemOfEncoding();
    if (problem !== undefined) return problem;
    const { buffer, length } = this.#writer;
    return readTokens(buffer.toString('utf8', KEY_PREFIX, length));
  }

  #known(scope: AnalysisScope): KnownScope {
    return 'rules' in scope ? (scope as KnownScope) : this.scope(scope.dialect, scope.namespace, scope.sqlMode);
  }

  #analyseNew(key: string, scope: KnownScope): AnalysedText {
    const problem = this.#problemOfEncoding();
    if (problem !== undefined) return this.#unreadable(problem, true);
    const { buffer, length } = this.#writer;
    const statements = buffer.toString('utf8', KEY_PREFIX, length).split('\u0001');
    if (statements.length > MAX_STATEMENTS) {
      return this.#unreadable(`it holds ${statements.length} statements; at most ${MAX_STATEMENTS} are analysed`, true);
    }
    const budget = new WorkBudget();
    const text: AnalysedText = {
      statements: statements.map((statement) => describeStatement(readTokens(statement), scope, budget)),
    };
    this.#texts.set(key, text);
    return text;
  }

  // An identifier that is not UTF-8 would not be the one that the server reads.
  #problemOfEncoding(): string | undefined {
    const { buffer, length } = this.#writer;
    return isUtf8(buffer.subarray(KEY_PREFIX, length)) ? undefined : problems.encoding;
  }

  #unreadable(problem: string, isWritten: boolean): AnalysedText {
    const { buffer, length } = this.#writer;
    return { statements: [describeUnreadable(isWritten ? buffer.toString('utf8', KEY_PREFIX, length) : '', problem)] };
  }
}

/** Bytes that an entry takes, roughly: its key, its strings and its objects. */
function sizeOf(text: AnalysedText, key: string): number {
  let size = key.length + 256;
  for (const { fingerprint, analysis } of text.statements) {
    size += 512 + fingerprint.length * 2 + (analysis.tables.length + analysis.columns.length) * 320;
  }
  return size;
}
