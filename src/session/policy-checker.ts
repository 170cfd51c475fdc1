import type { FactName } from '../guardrails/facts.js';
import { factNames, factOf } from '../guardrails/facts.js';
import { PolicyJudge } from '../guardrails/policy-judge.js';
import type { Policy } from '../guardrails/policy.js';
import type { Verdict, VerdictNote } from '../guardrails/verdict.js';
import type { Identity } from '../identity/identity.js';
import type { AnalysedStatement, SqlDialect, TableUse } from '../sql/analysis.js';
import { createAnalyser } from '../sql/index.js';
import { sessionChangeRefusal } from './statement-judge.js';

/** Who would run a statement, and where. */
export interface CheckedCaller {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly taskId: string | undefined;
}

/** One text to check, in the session that it would be sent on. */
export interface CheckedText {
  readonly sql: string;
  /** As `@@sql_mode` gives it. Default empty. */
  readonly sqlMode?: string;
  /** Default schema. */
  readonly schema?: string;
}

/** What a policy does with one statement. */
export interface StatementCheck {
  /** Whether the analysis vouches for what it does. */
  readonly understood: boolean;
  readonly operation: string;
  readonly tables: readonly Pick<TableUse, 'schema' | 'table' | 'access'>[];
  readonly facts: readonly FactName[];
  readonly verdict: Verdict['effect'];
  /** The rule that decided; undefined where none did. */
  readonly rule: string | undefined;
  /** Why it is not allowed, or not understood. */
  readonly reason: string | undefined;
  readonly notes: readonly VerdictNote[];
  readonly fingerprint: string;
  readonly digest: string;
}

/** Tells what a policy does with statements, without a database. */
export class PolicyChecker {
  readonly #judge: PolicyJudge;
  readonly #dialect: SqlDialect;
  readonly #analyser = createAnalyser();
  readonly #environment: string | undefined;

  constructor(policy: Policy, dialect: SqlDialect, environment?: string) {
    this.#judge = new PolicyJudge(policy, environment);
    this.#dialect = dialect;
    this.#environment = environment;
  }

  /** Checks a text: one answer for each of its statements, at least one. */
  check({ sql, sqlMode = '', schema }: CheckedText, caller: CheckedCaller): readonly StatementCheck[] {
    const bytes = Buffer.from(sql);
    const scope = this.#analyser.scope(this.#dialect, schema, sqlMode);
    const { statements } = this.#analyser.analyse(bytes, 0, bytes.length, scope);
    const change = sessionChangeRefusal(statements);
    const { taskId, ...identity } = caller;
    return statements.map((statement) => {
      const verdict = this.#judge.judge(statement, statements.length, asIdentity(identity), taskId);
      const { effect, rule, reason } =
        change === undefined || verdict.effect === 'deny' ? verdict : { effect: 'deny' as const, ...change };
      return {
        ...this.#described(statement, statements.length),
        verdict: effect,
        rule,
        reason: reason ?? statement.analysis.problem,
        notes: verdict.notes,
      };
    });
  }

  #described(
    statement: AnalysedStatement,
    statementCount: number,
  ): Pick<StatementCheck, 'understood' | 'operation' | 'tables' | 'facts' | 'fingerprint' | 'digest'> {
    const { analysis, fingerprint, digest } = statement;
    const subject = { statement, statementCount, environment: this.#environment };
    return {
      understood: analysis.kind !== 'unknown',
      operation: analysis.operation,
      tables: analysis.tables.map(({ schema, table, access }) => ({ schema, table, access })),
      facts: factNames.filter((name) => factOf(name, subject) !== undefined),
      fingerprint,
      digest,
    };
  }
}

/** Nobody runs the statement: what rules ask of its identity is what the command line says. */
function asIdentity({ subject, groups }: Omit<CheckedCaller, 'taskId'>): Identity {
  return { subject, groups, issuer: '', actor: [], expiresAtMs: Infinity } as unknown as Identity;
}
