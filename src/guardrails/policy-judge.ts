import { messageOf } from '../message-of.js';
import type { Identity } from '../identity/identity.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import { heldLimits, type HeldLimits, narrowest } from './limits.js';
import type { Policy } from './policy.js';
import type { Circumstances, Effect, Rule, RuleSubject } from './rule.js';
import type { Verdict, VerdictNote } from './verdict.js';

/** A rule that is about a statement. */
interface Match {
  readonly rule: Rule;
  readonly effect: Effect;
  readonly reason: string;
}

/** What is known of a statement before anybody runs it. */
interface Prepared {
  readonly matches: readonly Match[];
  /** Why it is denied where no rule decides; undefined where it is allowed then. */
  readonly otherwise: string | undefined;
  /** Whether its answer may be cut. */
  readonly isPlainRead: boolean;
  /** The verdict where no match asks who runs it. */
  readonly fixed: Verdict | undefined;
  /** Otherwise those that were given, by the matches that held: the same object each time, so that what follows from it is kept with it. */
  readonly verdicts: Map<number, Verdict>;
}

/** Matches whose combinations a number can stand for. */
const MAX_KEPT_MATCHES = 50;
/** Combinations that are kept for one statement. */
const MAX_KEPT_VERDICTS = 64;
const READS: ReadonlySet<string> = new Set(['select', 'show', 'explain']);

/** A match that decides. */
interface Decision extends Match {
  readonly effect: Verdict['effect'];
}

/** The strongest first. */
const DECIDING: readonly Verdict['effect'][] = ['deny', 'approve', 'allow'];
const NO_NOTES: readonly VerdictNote[] = Object.freeze([]);

/** Asks the rules of a policy. What depends on the statement only is asked once for each. */
export class PolicyJudge {
  readonly #policy: Policy;
  readonly #environment: string | undefined;
  readonly #prepared = new WeakMap<AnalysedStatement, Prepared>();

  constructor(policy: Policy, environment?: string) {
    this.#policy = policy;
    this.#environment = environment;
  }

  /**
   * Judges a statement.
   * @param statementCount how many statements the text has that it came in: always the same for the same object
   */
  judge(statement: AnalysedStatement, statementCount: number, identity: Identity, taskId: string | undefined): Verdict {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = this.#prepare({ statement, statementCount, environment: this.#environment });
      this.#prepared.set(statement, prepared);
    }
    return prepared.fixed ?? this.#verdictNow(prepared, { identity, taskId, nowMs: Date.now() });
  }

  #prepare(subject: RuleSubject): Prepared {
    const { analysis } = subject.statement;
    const matches = this.#policy.rules.flatMap((rule) => matchOf(rule, subject));
    const isPlainRead = READS.has(analysis.kind) && analysis.locks !== true && analysis.routines === undefined;
    const prepared = {
      matches,
      otherwise: this.#otherwise(subject),
      isPlainRead,
      verdicts: new Map<number, Verdict>(),
    };
    const isFixed = matches.every(({ rule }) => rule.appliesTo === undefined);
    return { ...prepared, fixed: isFixed ? this.#verdictOf(matches, prepared) : undefined };
  }

  #verdictNow(prepared: Prepared, circumstances: Circumstances): Verdict {
    const { matches, verdicts } = prepared;
    const holding: Match[] = [];
    let key = 0;
    for (let index = 0; index < matches.length; index += 1) {
      const match = matches[index];
      if (match === undefined) continue;
      try {
        if (!holds(match.rule, circumstances)) continue;
      } catch (error) {
        return this.#verdictOf([failed(match.rule, error)], prepared);
      }
      holding.push(match);
      key += 2 ** index;
    }
    if (matches.length > MAX_KEPT_MATCHES) return this.#verdictOf(holding, prepared);
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      if (verdicts.size >= MAX_KEPT_VERDICTS) verdicts.clear();
      verdict = this.#verdictOf(holding, prepared);
      verdicts.set(key, verdict);
    }
    return verdict;
  }

  /** What is not understood is never allowed by the way. */
  #otherwise({ statement: { analysis } }: RuleSubject): string | undefined {
    if (analysis.kind === 'unknown') return `it is not understood: ${analysis.problem ?? 'no reason given'}`;
    return this.#policy.otherwise === 'allow' ? undefined : 'no rule of the policy allows it';
  }

  #verdictOf(
    matches: readonly Match[],
    { otherwise, isPlainRead }: Pick<Prepared, 'otherwise' | 'isPlainRead'>,
  ): Verdict {
    const { dryRun = false } = this.#policy;
    const real = matches.filter(({ rule }) => rule.dryRun !== true);
    const decision = strongest(real);
    if (dryRun) return verdictOf('allow', undefined, undefined, dryNotes(matches, decision, otherwise), undefined);
    const notes = matches.filter(isNoted).map(noteOf);
    const limits = narrowest(
      real.flatMap(({ rule: { name, limits: given } }) => (given ? [heldLimits(name, given, isPlainRead)] : [])),
    );
    if (decision === undefined) {
      return verdictOf(otherwise === undefined ? 'allow' : 'deny', undefined, otherwise, notes, limits);
    }
    const { effect, rule, reason } = decision;
    return verdictOf(effect, rule.name, effect === 'allow' ? undefined : reason, notes, limits);
  }
}

/** The notes of a policy on a dry run: what it would have decided is one of them. */
function dryNotes(
  matches: readonly Match[],
  decision: Decision | undefined,
  otherwise: string | undefined,
): readonly VerdictNote[] {
  const notes = matches.filter(({ effect }) => effect !== 'allow').map(noteOf);
  if (decision !== undefined || otherwise === undefined) return notes;
  return [...notes, { rule: 'otherwise', effect: 'deny', reason: otherwise }];
}

function verdictOf(
  effect: Verdict['effect'],
  rule: string | undefined,
  reason: string | undefined,
  notes: readonly VerdictNote[],
  limits: HeldLimits | undefined,
): Verdict {
  return Object.freeze({ effect, rule, reason, notes: notes.length === 0 ? NO_NOTES : notes, limits });
}

/** The first of those that decide with the strongest effect. */
function strongest(matches: readonly Match[]): Decision | undefined {
  for (const effect of DECIDING) {
    const match = matches.find((candidate) => candidate.effect === effect);
    if (match !== undefined) return { ...match, effect };
  }
  return undefined;
}

function isNoted({ rule, effect }: Match): boolean {
  return effect === 'warn' ? rule.limits === undefined : rule.dryRun === true && effect !== 'allow';
}

function noteOf({ rule, effect, reason }: Match): VerdictNote {
  return { rule: rule.name, effect, reason };
}

function matchOf(rule: Rule, subject: RuleSubject): readonly Match[] {
  try {
    const reason: unknown = rule.matches(subject);
    if (reason === undefined) return [];
    if (typeof reason !== 'string') throw new TypeError('matches gives neither a text nor undefined');
    return [{ rule, effect: rule.effect ?? 'deny', reason }];
  } catch (error) {
    return [failed(rule, error)];
  }
}

function holds({ appliesTo }: Rule, circumstances: Circumstances): boolean {
  if (appliesTo === undefined) return true;
  const answer: unknown = appliesTo(circumstances);
  if (typeof answer !== 'boolean') throw new TypeError('appliesTo gives neither true nor false');
  return answer;
}

function failed({ name, matches }: Rule, error: unknown): Match {
  // Neither a dry run nor a condition is left of it.
  return { rule: { name, matches }, effect: 'deny', reason: `the rule itself failed: ${messageOf(error)}` };
}
