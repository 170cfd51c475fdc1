import type { FactName } from '../guardrails/facts.js';
import { factNames, factOf } from '../guardrails/facts.js';
import { partsOf, PolicyJudge } from '../guardrails/policy-judge.js';
import type { Verdict, VerdictNote } from '../guardrails/verdict.js';
import type { Identity } from '../identity/identity.js';
import { MaskBook } from '../masking/mask-book.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { MaskedOutput } from '../masking/mask-effect.js';
import type { LoadedPolicy } from '../policy/index.js';
import { Catalogue, type CatalogueSource, MAX_LOOK_UPS } from '../catalogue/index.js';
import { FailureError } from '../errors.js';
import type { AnalysedStatement, AnalysedText, AnalysisScope, SqlDialect } from '../sql/analysis.js';
import { createAnalyser, type TouchedTable, touchedTables } from '../sql/index.js';
import { sessionChangeRefusal } from './statement-judge.js';
import { lookUpRefusal } from './text-look-ups.js';

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
  /** Those that it names; where a catalogue is asked, also those that it touches beside. */
  readonly tables: readonly TouchedTable[];
  readonly facts: readonly FactName[];
  readonly verdict: Verdict['effect'];
  /** The rule that decided; undefined where none did. */
  readonly rule: string | undefined;
  /** Why it is not allowed, or not understood. */
  readonly reason: string | undefined;
  readonly notes: readonly VerdictNote[];
  /** Output columns that are masked. */
  readonly masked: readonly MaskedOutput[];
  readonly fingerprint: string;
  readonly digest: string;
}

/** Time that what was read of a server is good for: a run of `check`. */
const MAX_AGE_MS = 3_600_000;

/** Tells what a policy does with statements; without a database, or with the catalogue of one. */
export class PolicyChecker {
  readonly #judge: PolicyJudge;
  readonly #masks: MaskBook;
  readonly #dialect: SqlDialect;
  readonly #analyser = createAnalyser();
  readonly #environment: string | undefined;
  readonly #catalogue: Catalogue | undefined;

  constructor(policy: LoadedPolicy, dialect: SqlDialect, environment?: string, source?: CatalogueSource) {
    this.#judge = new PolicyJudge(policy, environment);
    this.#masks = new MaskBook(policy.masks);
    this.#dialect = dialect;
    this.#environment = environment;
    this.#catalogue =
      source &&
      new Catalogue(this.#analyser, source, {
        maxAgeMs: MAX_AGE_MS,
        columns: policy.masks.length > 0,
        onFailure: () => undefined,
        onUnseenTriggers: () => undefined,
      });
  }

  /**
   * Checks a text: one answer for each of its statements, at least one.
   * @throws FailureError `CATALOGUE_UNAVAILABLE`
   */
  async check({ sql, sqlMode = '', schema }: CheckedText, caller: CheckedCaller): Promise<readonly StatementCheck[]> {
    const bytes = Buffer.from(sql);
    const scope = this.#analyser.scope(this.#dialect, schema, sqlMode);
    const { statements } = await this.#resolve(this.#analyser.analyse(bytes, 0, bytes.length, scope), scope);
    const change = sessionChangeRefusal(statements);
    const { taskId, ...rest } = caller;
    const identity = asIdentity(rest);
    const masks = this.#masks.of({ identity, taskId, nowMs: Date.now() });
    const names = masks.textLookUps(statements);
    const lookUp = names && lookUpRefusal(this.#analyser, { bytes, start: 0, scope }, names);
    return statements.map((statement) => {
      const verdict = this.#judge.judge(statement, statements.length, identity, taskId);
      const refusal = change ?? maskRefusal(masks, statement) ?? lookUp;
      const { effect, rule, reason } =
        refusal === undefined || verdict.effect === 'deny' ? verdict : { effect: 'deny' as const, ...refusal };
      return {
        ...this.#described(statement, statements.length),
        verdict: effect,
        rule,
        reason: reason ?? statement.analysis.problem,
        notes: verdict.notes,
        masked: masks.maskedOutputs(statement),
      };
    });
  }

  /** A statement has changed a schema: what is known of them is read again before it is next needed. */
  schemaChanged(): void {
    this.#catalogue?.invalidate();
  }

  async #resolve(text: AnalysedText, scope: AnalysisScope): Promise<AnalysedText> {
    const catalogue = this.#catalogue;
    if (catalogue === undefined) return text;
    for (let lookUps = 0; lookUps < MAX_LOOK_UPS; lookUps += 1) {
      const resolved = catalogue.resolve(text, scope);
      if (resolved !== undefined) return resolved;
      await catalogue.load();
      if (catalogue.problem !== undefined) throw new FailureError('CATALOGUE_UNAVAILABLE', catalogue.problem);
    }
    throw new FailureError('CATALOGUE_UNAVAILABLE', 'the schemas change faster than they can be read');
  }

  #described(
    statement: AnalysedStatement,
    statementCount: number,
  ): Pick<StatementCheck, 'understood' | 'operation' | 'tables' | 'facts' | 'fingerprint' | 'digest'> {
    const { analysis, fingerprint, digest } = statement;
    const sent = { statement, statementCount, environment: this.#environment };
    const subjects = partsOf(sent);
    return {
      understood: analysis.kind !== 'unknown',
      operation: analysis.operation,
      tables: touchedTables(statement),
      facts: factNames.filter((name) => subjects.some((subject) => factOf(name, subject) !== undefined)),
      fingerprint,
      digest,
    };
  }
}

function maskRefusal(masks: MaskPolicy, statement: AnalysedStatement): { rule: string; reason: string } | undefined {
  const { refusal } = masks.effectOn(statement);
  return refusal === undefined ? undefined : { rule: 'masking', reason: refusal };
}

/** Nobody runs the statement: what rules ask of its identity is what the command line says. */
function asIdentity({ subject, groups }: Omit<CheckedCaller, 'taskId'>): Identity {
  return { subject, groups, issuer: '', actor: [], expiresAtMs: Infinity } as unknown as Identity;
}
