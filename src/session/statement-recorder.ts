import {
  type Durability,
  encodeAgent,
  encodeCall,
  encodeDb,
  encodeSession,
  encodeStatementShape,
  encodeTask,
  encodeTrace,
  encodeVerdict,
  joinFragments,
  type RecordApproval,
  type StatementIntent,
} from '../audit/index.js';
import type { Approval, ApprovalRequest } from '../approval/approver.js';
import type { CountersignErrorCode } from '../errors.js';
import type { Verdict } from '../guardrails/verdict.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import type { Assertions } from './assertions.js';
import { epochMicros } from './clock.js';
import type { RecordedStatement } from './recorded-statement.js';
import type { SessionOrigin, SessionPolicy } from './session-options.js';
import type { SessionState } from './session-state.js';
import type { Actor, Refusal } from './statement-judge.js';

const NOTHING = Buffer.alloc(0);
const NONE: readonly never[] = [];
/** Refusals that tell of the end of a token, which is recorded by itself. */
const ENDS_OF_IDENTITIES: { readonly [code in CountersignErrorCode]?: 'expired' | 'revoked' } = {
  IDENTITY_EXPIRED: 'expired',
  IDENTITY_REVOKED: 'revoked',
};
const shapes = new WeakMap<AnalysedStatement, Buffer>();
const countedShapes = new WeakMap<AnalysedStatement, string>();

/** As it stands in summaries. */
function countedShapeOf(statement: AnalysedStatement | undefined): string {
  if (statement === undefined) return '';
  let shape = countedShapes.get(statement);
  if (shape === undefined) {
    shape = encodeStatementShape(statement);
    countedShapes.set(statement, shape);
  }
  return shape;
}

function shapeOf(statement: AnalysedStatement | undefined): Buffer {
  if (statement === undefined) return NOTHING;
  let shape = shapes.get(statement);
  if (shape === undefined) {
    shape = Buffer.from(encodeStatementShape(statement));
    shapes.set(statement, shape);
  }
  return shape;
}

const ALLOW = Buffer.from(encodeVerdict({ effect: 'allow' }));
const verdicts = new WeakMap<Verdict, Buffer>();

/** The verdict of a statement that goes to the server. */
function encodedVerdict(verdict: Verdict | undefined, approvals: readonly Approval[]): Buffer {
  if (verdict === undefined) return ALLOW;
  if (verdict.effect === 'approve') {
    const approval = approvals.find(({ rule }) => rule === verdict.rule);
    if (approval !== undefined) return encodeApproved(verdict, approval);
  }
  let encoded = verdicts.get(verdict);
  if (encoded === undefined) {
    encoded = encodeAllowed(verdict);
    verdicts.set(verdict, encoded);
  }
  return encoded;
}

function encodeAllowed({ effect, rule, reason = '', notes }: Verdict): Buffer {
  const named = rule === undefined ? {} : { rule };
  if (effect === 'allow') return Buffer.from(encodeVerdict({ effect, ...named, notes }));
  // A statement is prepared without an approval: it is asked for each time that it is executed.
  const asked = { rule: rule ?? 'otherwise', effect, reason };
  return Buffer.from(encodeVerdict({ effect: 'allow', notes: [...notes, asked] }));
}

function encodeApproved({ rule = 'otherwise', reason = '', notes }: Verdict, approval: Approval): Buffer {
  return Buffer.from(encodeVerdict({ effect: 'approve', rule, reason, approval: recordOf(approval), notes }));
}

function recordOf({ id, by, at, decision, reason }: Approval): RecordApproval {
  return { id, ...(by !== undefined && { by }), at, decision, ...(reason !== undefined && { reason }) };
}

/**
 * Turns the statements of one session into intents. Who, for what, on which connection and in which schema is encoded once and
 * used again while it stays the same.
 */
export class StatementRecorder {
  readonly #policy: SessionPolicy;
  readonly #origin: SessionOrigin;
  /** UUID of the session. */
  readonly sessionId: string;
  #state: SessionState | undefined;
  #session = '';
  #db = '';
  #actor: Actor | undefined;
  /** The actor in summaries, once it was counted for it. */
  #countedWho: string | undefined;
  #statementNo = 0;
  readonly #intent: StatementIntent = {
    timeMicros: 0,
    head: NOTHING,
    tail: NOTHING,
    sessionStatementNo: 0,
    command: '',
    text: NOTHING,
    textStart: 0,
    textEnd: 0,
    truncated: false,
    redacted: false,
    parameters: undefined,
    shape: NOTHING,
    verdict: NOTHING,
  };

  constructor(policy: SessionPolicy, origin: SessionOrigin, sessionId: string) {
    this.#policy = policy;
    this.#origin = origin;
    this.sessionId = sessionId;
    this.stateChanged(undefined);
  }

  /** Number of the statement that was recorded last. */
  get statementNo(): number {
    return this.#statementNo;
  }

  /** The session's state as it is from now on; undefined until the server has told it. */
  stateChanged(state: SessionState | undefined): void {
    this.#state = state ?? this.#state;
    this.#session = encodeSession({
      id: this.sessionId,
      mode: this.#origin.mode,
      ...(this.#origin.client !== undefined && { client: this.#origin.client }),
      driver: this.#origin.driver,
      ...(this.#state !== undefined && { thread_id: this.#state.threadId }),
    });
    this.#db = encodeDb({
      system: this.#state?.dialect.flavour ?? 'mysql',
      server: this.#origin.server,
      ...(this.#state?.namespace !== undefined && { namespace: this.#state.namespace }),
      ...(this.#state !== undefined && { user: this.#state.user }),
    });
    this.#intent.tail = Buffer.from(this.#db);
    this.#actor = undefined;
  }

  /**
   * Records that the session has opened, which is when the server was asked for its state, or has closed.
   * @param owner - whose all of its statements are; undefined where each may be somebody else's
   * @throws FailureError where it could not be recorded
   */
  event(action: 'open' | 'close', owner: Actor | undefined, reason?: string): void {
    const who = owner === undefined ? [] : [...this.#who(owner), ...asserted(owner.assertions)];
    const event = `"event":${JSON.stringify({ action, reason })}`;
    this.#policy.trail.event('session', epochMicros(), joinFragments(...who, `${this.#session}}`, this.#db, event));
  }

  /**
   * Records that somebody is asked to approve what an actor wants to run, or how that ended.
   * @throws FailureError where it could not be recorded
   */
  approval(actor: Actor, { id, rule }: Pick<ApprovalRequest, 'id' | 'rule'>, approval?: Approval): void {
    const { decision = 'requested', by, reason } = approval ?? {};
    const event = `"event":${JSON.stringify({ action: decision, id, rule, by, reason })}`;
    const members = joinFragments(
      ...this.#who(actor),
      ...asserted(actor.assertions),
      `${this.#session}}`,
      this.#db,
      event,
    );
    this.#policy.trail.event('approval', epochMicros(), members);
  }

  #who({ identity, taskId, taskSource }: Actor): readonly (string | undefined)[] {
    return [
      identity === undefined ? undefined : encodeAgent(identity),
      taskId === undefined ? undefined : encodeTask({ id: taskId, source: taskSource }),
    ];
  }

  /**
   * Records that the statements of one command are about to be sent.
   * @param approvals - of those whose verdict wants one
   * @param durability - what their records have to survive, where that is more than all have to
   * @returns the tickets for their outcomes
   * @throws FailureError where one could not be recorded: none of them may be sent, and those recorded already end as `aborted`
   */
  intents(
    actor: Actor,
    statements: readonly RecordedStatement[],
    approvals: readonly Approval[] = NONE,
    durability?: Durability,
  ): readonly number[] {
    const { trail } = this.#policy;
    const tickets: number[] = [];
    try {
      for (const statement of statements)
        tickets.push(
          trail.intent(this.#fill(actor, statement, encodedVerdict(statement.verdict, approvals)), durability),
        );
    } catch (error) {
      for (const ticket of tickets) trail.outcome(ticket, { status: 'aborted', durationMicros: 0 });
      throw error;
    }
    return tickets;
  }

  /**
   * Counts the statements of one command that are about to be sent, which get no records of their own.
   * @returns the tickets for their outcomes
   * @throws FailureError where they could not be counted: none of them may be sent
   */
  counted(actor: Actor, statements: readonly RecordedStatement[]): readonly number[] {
    this.#turnTo(actor);
    const who = (this.#countedWho ??= joinFragments(...this.#who(actor), this.#db));
    this.#statementNo += statements.length;
    return statements.map(({ analysed }) => this.#policy.summaries.begin(who, countedShapeOf(analysed)));
  }

  /**
   * Records a statement that is not sent.
   * @returns the id of its record
   * @throws FailureError where it could not be recorded
   */
  refused(actor: Actor, statement: RecordedStatement, refusal: Refusal): string {
    const verdict = Buffer.from(encodeRefusal(refusal));
    const end = ENDS_OF_IDENTITIES[refusal.code];
    if (end !== undefined && actor.identity !== undefined) this.#policy.identities.ended(actor.identity, end);
    return this.#policy.trail.refuse(this.#fill(actor, statement, verdict), { status: 'denied', durationMicros: 0 });
  }

  #fill(actor: Actor, statement: RecordedStatement, verdict: Buffer): StatementIntent {
    const intent = this.#intent;
    this.#turnTo(actor);
    const { text, textStart, textEnd } = statement;
    const limit = textStart + this.#policy.maxRecordedTextBytes;
    const truncated = textEnd > limit;
    intent.timeMicros = epochMicros();
    intent.sessionStatementNo = this.#statementNo += 1;
    intent.command = statement.command;
    intent.text = text;
    intent.textStart = textStart;
    intent.textEnd = truncated ? characterStart(text, limit) : textEnd;
    intent.truncated = truncated;
    intent.redacted = statement.redacted;
    intent.parameters = statement.parameters;
    intent.shape = shapeOf(statement.analysed);
    intent.verdict = verdict;
    return intent;
  }

  #turnTo(actor: Actor): void {
    if (this.#isCurrent(actor)) return;
    if (actor.identity !== undefined) this.#policy.identities.used(actor.identity);
    this.#actor = actor;
    this.#countedWho = undefined;
    this.#intent.head = Buffer.from(joinFragments(...this.#who(actor), ...asserted(actor.assertions), this.#session));
  }

  #isCurrent(actor: Actor): boolean {
    const last = this.#actor;
    return (
      last !== undefined &&
      last.identity === actor.identity &&
      last.taskId === actor.taskId &&
      last.taskSource === actor.taskSource &&
      last.assertions === actor.assertions
    );
  }
}

function asserted(assertions: Assertions | undefined): readonly (string | undefined)[] {
  if (assertions === undefined) return NONE;
  const { trace, toolCallId, tool, client, model } = assertions;
  return [
    trace && encodeTrace({ trace_id: trace.traceId, span_id: trace.spanId }),
    encodeCall({ id: toolCallId, tool, client, model }),
  ];
}

function encodeRefusal({ code, rule, reason, notes = [], approval }: Refusal): string {
  if (approval !== undefined) {
    return encodeVerdict({ effect: 'approve', rule, reason, approval: recordOf(approval), notes });
  }
  return encodeVerdict({ effect: NOT_CHECKED.has(code) ? 'error' : 'deny', rule, reason, notes });
}

/** Codes that say that a statement could not be checked, rather than that it was refused. */
const NOT_CHECKED: ReadonlySet<string> = new Set([
  'ISSUER_UNREACHABLE',
  'SESSION_UNSUPPORTED',
  'CATALOGUE_UNAVAILABLE',
  'INTERNAL',
  'GOVERNOR_CLOSED',
]);

/** The last position at or before `at` where a character of UTF-8 begins. */
function characterStart(text: Buffer, at: number): number {
  let start = at;
  while (start > at - 4 && ((text[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start;
}
