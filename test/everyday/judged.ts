/** What the guardrails say of a statement of the suite. */
import { sessionChangeRefusal } from '../../src/session/statement-judge.js';
import type { Identity } from '../../src/identity/identity.js';
import { createAnalyser, type Analyser } from '../../src/sql/index.js';
import type { AnalysisScope, AnalysedText } from '../../src/sql/analysis.js';
import { judgeOf } from './preset.js';
import { DEFAULT_SQL_MODES, type EverydayStatement, type SuiteFlavour } from './suite.js';

const VERSIONS: Readonly<Record<SuiteFlavour, number>> = { mariadb: 10_11_18, mysql: 9_07_00 };

// The rules of the presets do not ask who.
const ANYBODY = { subject: 'everyday' } as Identity;

/** A statement as one server got it. */
export interface Case {
  readonly statement: EverydayStatement;
  readonly flavour: SuiteFlavour;
}

/** A case with its verdict. */
export interface Judged extends Case {
  readonly understood: boolean;
  /** Rule and reason; undefined where it is allowed. */
  readonly refusal: { readonly rule: string; readonly reason: string } | undefined;
}

/** The statement on each server that it was captured from. */
export function casesOf(statement: EverydayStatement): readonly Case[] {
  const flavours: readonly SuiteFlavour[] =
    statement.flavour === undefined ? ['mariadb', 'mysql'] : [statement.flavour];
  return flavours.map((flavour) => ({ statement, flavour }));
}

/** The state of the session that sent it. */
export function scopeOf(analyser: Analyser, { statement, flavour }: Case): AnalysisScope {
  const sqlMode = statement.sql_mode ?? DEFAULT_SQL_MODES[flavour];
  return analyser.scope({ flavour, version: VERSIONS[flavour] }, statement.schema, sqlMode);
}

const analyser = createAnalyser();

/** Analyses and judges under the preset that should allow it. */
export function judgeCase(one: Case): Judged {
  const bytes = Buffer.from(one.statement.sql);
  const text = analyser.analyse(bytes, 0, bytes.length, scopeOf(analyser, one));
  const understood = text.statements.every(({ analysis }) => analysis.kind !== 'unknown');
  return { ...one, understood, refusal: refusalOf(text, one.statement) };
}

function refusalOf({ statements }: AnalysedText, { preset }: EverydayStatement): Judged['refusal'] {
  for (const statement of statements) {
    const {
      effect,
      rule = 'otherwise',
      reason = '',
    } = judgeOf(preset).judge(statement, statements.length, ANYBODY, undefined);
    if (effect !== 'allow') return { rule, reason };
  }
  return sessionChangeRefusal(statements);
}
