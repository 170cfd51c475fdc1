import { messageOf } from '../message-of.js';
import type { Identity } from '../identity/identity.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import { heldLimits, type HeldLimits, narrowest } from './limits.js';
import type { Policy } from './policy.js';
import { type RecordDemand, strictest } from './record-demand.js';
import type { Circumstances } from '../matching/index.js';
import type { Effect, Rule, RuleSubject } from './rule.js';
import type { Verdict, VerdictNote } from './verdict.js';

/** A rule that is about a statement. */
interface Match {
  readonly rule: Rule;
  /** Which statement: 0 is what the caller sends, and those that it leads to follow. */
  readonly part: number;
  readonly effect: Effect;
  readonly reason: string;
}

/** What is known of a statement before anybody runs it. */
interface Prepared {
  readonly matches: readonly Match[];
  /** For each part, why it is denied where no rule decides; undefined where it is allowed then. */
  readonly otherwise: readonly (string | undefined)[];
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

/** What becomes of a statement, and why. */
type Decision = Pick<Verdict, 'effect' | 'rule' | 'reason'>;

/** The strongest first. */
const DECIDING: readonly Verdict['effect'][] = ['deny', 'approve', 'allow'];
const NO_NOTES: readonly VerdictNote[] = Object.freeze([]);

/** Asks the rules of a policy. What depends on the statement only is asked once for each. */
export class PolicyJudge {
  readonly #policy: Policy;
  readonly #environment: string | undefined;
  /** How statements are recorded of which nobody knows whose they are: as all rules together would have it. Undefined where no rule says how. */
  readonly recordOfAnybody: RecordDemand | undefined;
  readonly #prepared = new WeakMap<AnalysedStatement, Prepared>();

  constructor(policy: Policy, environment?: string) {
    this.#policy = policy;
    this.#environment = environment;
    this.recordOfAnybody = strictest(policy.rules.flatMap(({ record }) => record ?? []));
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
    const parts = partsOf(subject);
    const matches = parts.flatMap((part, index) => this.#policy.rules.flatMap((rule) => matchOf(rule, part, index)));
    const prepared = {
      matches,
      otherwise: parts.map((part) => this.#otherwise(part)),
      isPlainRead: parts.every(isPlainRead),
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
        return this.#verdictOf([failed(match.rule, match.part, error)], prepared);
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
  #otherwise({ statement: { analysis }, within }: RuleSubject): string | undefined {
    const what = `${whereOf(within)}it is`;
    if (analysis.kind === 'unknown') return `${what} not understood: ${analysis.problem ?? 'no reason given'}`;
    if (this.#policy.otherwise === 'allow') return undefined;
    return within === undefined
      ? 'no rule of the policy allows it'
      : `${whereOf(within)}no rule of the policy allows ${analysis.operation}`;
  }

  #verdictOf(
    matches: readonly Match[],
    { otherwise, isPlainRead }: Pick<Prepared, 'otherwise' | 'isPlainRead'>,
  ): Verdict {
    const { dryRun = false } = this.#policy;
    const real = matches.filter(({ rule }) => rule.dryRun !== true);
    const decision = decide(real, otherwise);
    const record = strictest(real.flatMap((match) => match.rule.record ?? []));
    if (dryRun) return verdictOf('allow', undefined, undefined, dryNotes(matches, decision), undefined, record);
    const notes = matches.filter(isNoted).map(noteOf);
    const limits = narrowest(
      real.flatMap(({ rule: { name, limits: given } }) => (given ? [heldLimits(name, given, isPlainRead)] : [])),
    );
    const { effect, rule, reason } = decision;
    return verdictOf(effect, rule, effect === 'allow' ? undefined : reason, notes, limits, record);
  }
}

/** The notes of a policy on a dry run: what it would have decided is one of them. */
function dryNotes(matches: readonly Match[], { effect, rule, reason = '' }: Decision): readonly VerdictNote[] {
  const notes = matches.filter((match) => match.effect !== 'allow').map(noteOf);
  return effect === 'deny' && rule === undefined ? [...notes, { rule: 'otherwise', effect, reason }] : notes;
}

function verdictOf(
  effect: Verdict['effect'],
  rule: string | undefined,
  reason: string | undefined,
  notes: readonly VerdictNote[],
  limits: HeldLimits | undefined,
  record: RecordDemand | undefined,
): Verdict {
  // A rule says once what it has to say, however many parts it is about.
  const once = notes.filter((note, index) => notes.findIndex((other) => other.rule === note.rule) === index);
  return Object.freeze({ effect, rule, reason, notes: once.length === 0 ? NO_NOTES : once, limits, record });
}

/** The strongest of what is decided about each part; of several, the first. */
function decide(matches: readonly Match[], otherwise: readonly (string | undefined)[]): Decision {
  const decisions = otherwise.map((reason, part) => decideOn(matches, part, reason));
  return strongest(decisions) ?? { effect: 'deny', rule: undefined, reason: undefined };
}

function decideOn(matches: readonly Match[], part: number, otherwise: string | undefined): Decision {
  const decisions = matches.flatMap((match) => (match.part === part ? decisionOf(match) : []));
  return (
    strongest(decisions) ?? { effect: otherwise === undefined ? 'allow' : 'deny', rule: undefined, reason: otherwise }
  );
}

function decisionOf({ effect, rule, reason }: Match): readonly Decision[] {
  return effect === 'warn' ? [] : [{ effect, rule: rule.name, reason }];
}

function strongest(decisions: readonly Decision[]): Decision | undefined {
  for (const effect of DECIDING) {
    const found = decisions.find((decision) => decision.effect === effect);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A statement and all that it leads to, each as what rules are asked about. */
export function partsOf(subject: RuleSubject): readonly RuleSubject[] {
  const { inner = [] } = subject.statement;
  const sent = subject.statement;
  return [subject, ...inner.map(({ statement, within }) => ({ ...subject, statement, within, sent }))];
}

function isPlainRead({ statement: { analysis } }: RuleSubject): boolean {
  const { kind, locks, routines, unseen = routines } = analysis;
  return READS.has(kind) && locks !== true && (unseen === undefined || unseen.length === 0);
}

/** Where a statement is that the caller did not send, in front of what is said of it. */
function whereOf(within: readonly string[] | undefined): string {
  return within === undefined ? '' : `in ${within.join(' > ')}: `;
}

function isNoted({ rule, effect }: Match): boolean {
  return effect === 'warn'
    ? rule.limits === undefined && rule.record === undefined
    : rule.dryRun === true && effect !== 'allow';
}

function noteOf({ rule, effect, reason }: Match): VerdictNote {
  return { rule: rule.name, effect, reason };
}

function matchOf(rule: Rule, subject: RuleSubject, part: number): readonly Match[] {
  try {
    const reason: unknown = rule.matches(subject);
    if (reason === undefined) return [];
    if (typeof reason !== 'string') throw new TypeError('matches gives neither a text nor undefined');
    return [{ rule, part, effect: rule.effect ?? 'deny', reason: `${whereOf(subject.within)}${reason}` }];
  } catch (error) {
    return [failed(rule, part, error)];
  }
}

function holds({ appliesTo }: Rule, circumstances: Circumstances): boolean {
  if (appliesTo === undefined) return true;
  const answer: unknown = appliesTo(circumstances);
  if (typeof answer !== 'boolean') throw new TypeError('appliesTo gives neither true nor false');
  return answer;
}

function failed({ name, matches }: Rule, part: number, error: unknown): Match {
  // Neither a dry run nor a condition is left of it.
  return { rule: { name, matches }, part, effect: 'deny', reason: `the rule itself failed: ${messageOf(error)}` };
}
