import type { Approval } from '../approval/approver.js';
import { FailureError } from '../errors.js';
import type { Verdict } from '../guardrails/verdict.js';
import { revocationOf } from '../identity/token-revocation.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import type { AnalysedStatement, AnalysedText, AnalysisScope } from '../sql/analysis.js';
import type { ClientPacket } from '../wire/command-assembler.js';
import { Command, commandName, HEADER_LENGTH } from '../wire/constants.js';
import { opensCursor, readExecuteParameters, readQueryHead } from '../wire/parameters.js';
import { PayloadReader } from '../wire/payload-reader.js';
import type { ResponseKind } from '../wire/response-format.js';
import type { RowRewriter } from '../wire/row-rewriter.js';
import type { Caller } from './caller.js';
import {
  characterSetRefusal,
  cursorRefusal,
  longDataRefusal,
  preparedRefusal,
  rawResultRefusal,
} from './command-refusals.js';
import { type CommandDecision, DROP, PASS, type PendingCommand, refuse } from './command-decision.js';
import { approvalStatement, bareStatement, type RecordedStatement, recordedStatement } from './recorded-statement.js';
import { IdentityTags } from './identity-tags.js';
import { namesLast, statementId } from './named-statement.js';
import { isRefusal, type Judged, recordedTexts, take, type Taken, verdictAt } from './command-recording.js';
import { type CommandFacts, RunningCommand } from './running-command.js';
import type { SessionContext } from './session-context.js';
import type { SessionOrigin, SessionPolicy } from './session-options.js';
import {
  type Actor,
  actorOf,
  demandsOf,
  identityRefusal,
  masksOf,
  type Refusal,
  sessionChangeRefusal,
  statementRefusal,
  verdictOn,
  withAttributes,
} from './statement-judge.js';
import type { StatementRecorder } from './statement-recorder.js';
import { boundLookUpRefusal, lookUpRefusal } from './text-look-ups.js';
import { findAsking, limitsOf } from './verdict-list.js';

/** A text with what it leads to; where that could not be found out, why it is refused. */
interface ResolvedText extends AnalysedText {
  readonly refusal?: Refusal;
}

type LookUp = Extract<CommandDecision, { readonly action: 'look-up' }>;

const NONE: readonly never[] = [];
const NOTHING = {};

/** Judges and records the commands of one session. Throws only where a command could not be judged or recorded: then it must not go. */
export class CommandGovernor {
  readonly #policy: SessionPolicy;
  readonly #origin: SessionOrigin;
  readonly #context: SessionContext;
  readonly #recorder: StatementRecorder;
  readonly #tags: IdentityTags | undefined;

  constructor(policy: SessionPolicy, origin: SessionOrigin, context: SessionContext, recorder: StatementRecorder) {
    this.#policy = policy;
    this.#origin = origin;
    this.#context = context;
    this.#recorder = recorder;
    this.#tags = policy.tags ? new IdentityTags(policy.analyser, recorder) : undefined;
  }

  /** True for a command whose judgement needs the session's state. */
  needsState(payload: Buffer): boolean {
    switch (payload[0]) {
      case Command.QUIT:
      case Command.PING:
      case Command.STMT_CLOSE:
      case Command.STMT_SEND_LONG_DATA:
      case Command.STMT_RESET:
        return false;
      default:
        return this.#context.state === undefined;
    }
  }

  /**
   * Puts the id of the statement that was prepared last in the place of MariaDB's number for it, so that what runs is what is judged. Without one
   * the number stays, which no statement has.
   */
  #nameStatement({ payload, raw }: ClientPacket): void {
    const { lastPrepared } = this.#context;
    if (!namesLast(payload) || lastPrepared === undefined) return;
    payload.writeUInt32LE(lastPrepared, 1);
    // Of more than one frame, the payload is a copy.
    raw[0]?.writeUInt32LE(lastPrepared, HEADER_LENGTH + 1);
  }

  /**
   * Decides on a command.
   * @param packet whole
   * @param caller who wrote it, if anyone can say
   * @param approvals that were given for exactly this command
   */
  decide(packet: ClientPacket, caller: Caller | undefined, approvals: readonly Approval[] = NONE): CommandDecision {
    this.#nameStatement(packet);
    const { payload } = packet;
    const command = payload[0] ?? 0;
    switch (command) {
      case Command.QUIT:
        return PASS;
      case Command.STMT_CLOSE:
        if (namesLast(payload)) return DROP;
        this.#context.prepared.delete(statementId(payload));
        return PASS;
      case Command.STMT_SEND_LONG_DATA:
        if (namesLast(payload)) return DROP;
        this.#onLongData(payload);
        return PASS;
      case Command.STMT_RESET:
        if (namesLast(payload)) return this.#refuseNoStatement(command, actorOf(caller, this.#policy));
        this.#context.prepared.get(statementId(payload))?.longData.clear();
        return this.#forward({ command, statements: NONE, tickets: NONE }, 'simple');
      case Command.PING:
        return this.#forward({ command, statements: NONE, tickets: NONE }, 'simple');
      default:
        return this.#decideAs(command, payload, actorOf(caller, this.#policy), approvals);
    }
  }

  /** Records that a command was not approved, and refuses it. */
  notApproved({ request, actor, statements }: PendingCommand, approval: Approval): CommandDecision {
    const reason = `${request.reason}; ${approval.reason ?? 'it was not approved'}`;
    const refusal: Refusal = { code: 'APPROVAL_DENIED', rule: request.rule, reason, approval };
    return this.#refuse(actor, statements, refusal);
  }

  #decideAs(command: number, payload: Buffer, actor: Actor, approvals: readonly Approval[]): CommandDecision {
    const revocation = actor.identity && revocationOf(actor.identity);
    if (revocation?.isSettled() === false) return { action: 'look-up', recorded: false, source: revocation };
    switch (command) {
      case Command.QUERY: {
        const { textStart, attributes } = readQueryHead(payload, this.#origin.queryAttributes);
        return this.#onText(command, payload, textStart, withAttributes(actor, attributes), approvals);
      }
      case Command.STMT_PREPARE:
        // Whatever becomes of it, the one before is not the last any more.
        this.#context.lastPrepared = undefined;
        return this.#onText(command, payload, 1, actor, approvals);
      case Command.STMT_EXECUTE:
      case Command.STMT_FETCH:
        return this.#onPrepared(command, payload, actor, approvals);
      case Command.INIT_DB:
        return this.#onInitDb(payload.subarray(1), actor, approvals);
      case Command.RESET_CONNECTION:
        return this.#onSessionCommand(command, '', 'simple', actor);
      case Command.CHANGE_USER:
        if (this.#origin.mode === 'proxy') return this.#refuseUnknown(command, actor);
        // Only the user's name: what follows it proves a password.
        return this.#onSessionCommand(
          command,
          new PayloadReader(payload, 1, payload.length).nullTerminatedText(),
          'auth',
          actor,
        );
      default:
        return this.#refuseUnknown(command, actor);
    }
  }

  #refuseNoStatement(command: number, actor: Actor): CommandDecision {
    const reason = 'no such statement was prepared on this connection under Countersign';
    return this.#refuseBare(command, '', actor, { code: 'STATEMENT_UNKNOWN', rule: 'prepared-statements', reason });
  }

  #refuseUnknown(command: number, actor: Actor): CommandDecision {
    const reason = `${commandName(command)} is not among the commands that are let through`;
    return this.#refuseBare(command, '', actor, { code: 'COMMAND_NOT_ALLOWED', rule: 'allowed-commands', reason });
  }

  /** COM_QUERY and COM_STMT_PREPARE: one record a statement, and all of them run or none. */
  #onText(
    command: number,
    payload: Buffer,
    start: number,
    actor: Actor,
    approvals: readonly Approval[],
  ): CommandDecision {
    const { scope, state } = this.#context;
    if (scope === undefined || state === undefined) {
      throw new FailureError('INTERNAL', 'a statement is judged before the state of its session');
    }
    const { analyser } = this.#policy;
    const analysed = analyser.analyse(payload, start, payload.length, scope);
    const refusal = characterSetRefusal(state) ?? identityRefusal(actor) ?? this.#tags?.refusal(payload, start, scope);
    const resolved: ResolvedText | LookUp = refusal === undefined ? this.#resolve(analysed, scope) : analysed;
    if ('action' in resolved) return resolved;
    const { statements } = resolved;
    const masks = masksOf(actor, this.#policy);
    const allowed = refusal ?? resolved.refusal ?? this.#judge(statements, actor, command, masks);
    const names = isRefusal(allowed) ? undefined : masks.textLookUps(statements);
    const judged = (names && lookUpRefusal(analyser, { bytes: payload, start, scope }, names)) ?? allowed;
    const demands = demandsOf(statements, actor, this.#policy);
    const text = { command, payload, start, statements, scope, masks };
    const recorded = recordedTexts(analyser, text, judged, demands);
    if (isRefusal(judged)) return this.#refuse(actor, recorded, judged);
    const asking = command === Command.QUERY ? findAsking(judged, approvals) : undefined;
    if (asking !== undefined) return this.#ask({ actor, statements: recorded, approvals }, asking, [payload]);
    const taken = take(this.#recorder, actor, recorded, judged, demands, approvals);
    // A copy: the packet that it came in is not kept.
    const isPrepare = command === Command.STMT_PREPARE;
    const prepares = isPrepare ? { text: Buffer.from(payload.subarray(start)), analysed, scope } : undefined;
    const limits = command === Command.QUERY ? limitsOf(judged) : undefined;
    const facts = { command, statements, ...taken, prepares, limits, masks };
    const tagged = this.#tags?.tagged(payload, start, statements.length, scope, actor);
    return this.#forward(facts, command === Command.QUERY ? 'text' : 'prepare', masks.inspects(statements), { tagged });
  }

  /** A text with what it leads to; where that cannot be found out, with the reason to refuse it. */
  #resolve(analysed: AnalysedText, scope: AnalysisScope): ResolvedText | LookUp {
    const { catalogue, temporaryTables } = this.#context;
    if (catalogue === undefined) return analysed;
    const resolved = catalogue.resolve(analysed, scope, temporaryTables);
    if (resolved !== undefined) return resolved;
    const { problem } = catalogue;
    if (problem === undefined) return { action: 'look-up', recorded: false, source: catalogue };
    const reason = `what its tables and routines are could not be read: ${problem}; see the governor's option catalogue`;
    return { ...analysed, refusal: { code: 'CATALOGUE_UNAVAILABLE', rule: 'catalogue', reason } };
  }

  #judge(statements: readonly AnalysedStatement[], actor: Actor, command: number, masks: MaskPolicy): Judged {
    const verdicts: Verdict[] = [];
    for (const statement of statements) {
      const verdict = verdictOn(statement, statements.length, actor, this.#policy);
      const refusal = statementRefusal(statement, verdict, masks);
      if (refusal !== undefined) return refusal;
      verdicts.push(verdict);
    }
    if (command === Command.STMT_PREPARE && this.#context.prepared.size >= this.#policy.maxPreparedStatements) {
      const reason = `${this.#context.prepared.size} statements are prepared on this connection: close some`;
      return { code: 'DENIED_BY_RULE', rule: 'max-prepared-statements', reason };
    }
    const state = this.#context.state;
    return (
      sessionChangeRefusal(statements, this.#context.valueOf) ??
      (state && rawResultRefusal(state, statements, masks)) ??
      verdicts
    );
  }

  /** COM_STMT_EXECUTE and COM_STMT_FETCH: judged again, for who runs it now. */
  #onPrepared(command: number, payload: Buffer, caller: Actor, approvals: readonly Approval[]): CommandDecision {
    const prepared = this.#context.prepared.get(statementId(payload));
    if (prepared === undefined) return this.#refuseNoStatement(command, caller);
    const execute = command === Command.STMT_EXECUTE;
    const bound = execute ? readExecuteParameters(payload, prepared, this.#origin.queryAttributes) : undefined;
    const actor = withAttributes(caller, bound?.attributes);
    const refusal = identityRefusal(actor) ?? preparedRefusal(prepared, this.#context.scope);
    const resolved: ResolvedText | LookUp =
      refusal === undefined ? this.#resolve(prepared.analysed, prepared.scope) : prepared.analysed;
    if ('action' in resolved) return resolved;
    const { statements } = resolved;
    const [analysed] = statements;
    if (analysed === undefined) throw new FailureError('INTERNAL', 'a prepared text has no statement');
    const masks = masksOf(actor, this.#policy);
    const effect = masks.effectOn(analysed);
    const names = effect.textLookUps;
    const judged =
      refusal ??
      resolved.refusal ??
      cursorRefusal(command, prepared, masks) ??
      (bound && names && boundLookUpRefusal(this.#policy.analyser, prepared, bound, names)) ??
      this.#judge(statements, actor, command, masks);
    const demands = demandsOf(statements, actor, this.#policy);
    const { text: bytes } = prepared;
    const sent = {
      command: commandName(command),
      analysed,
      bytes,
      start: 0,
      end: bytes.length,
      values: bound?.values ?? NONE,
    };
    const recorded = recordedStatement(sent, masks, demands[0], verdictAt(judged, 0));
    if (isRefusal(judged)) return this.#refuse(actor, [recorded], judged);
    const asking = execute ? findAsking(judged, approvals) : undefined;
    if (asking !== undefined) {
      if (prepared.longData.size > 0) return this.#refuse(actor, [recorded], longDataRefusal(asking));
      return this.#ask({ actor, statements: [recorded], approvals }, asking, [prepared.text, payload]);
    }
    const taken = take(this.#recorder, actor, [recorded], judged, demands, approvals);
    if (bound !== undefined) prepared.executed(bound.types, masks);
    const limits = limitsOf(judged);
    const facts = { command, statements, ...taken, prepared, limits, masks };
    // The rows of a cursor come with the fetches.
    if (execute && !opensCursor(payload)) return this.#forward(facts, 'binary', effect.inspect);
    const uncaptured = { ...facts, captures: NONE };
    if (execute) return this.#forward(uncaptured, 'binary', effect.inspect);
    const fetch = this.#forward(uncaptured, 'fetch', effect.inspect, { fetchRewriter: prepared.fetchRewriter });
    if (fetch.action === 'forward') fetch.running.masked(prepared.fetchMasked);
    return fetch;
  }

  #onLongData(payload: Buffer): void {
    if (payload.length < 7) throw new FailureError('PROTOCOL_VIOLATION', 'COM_STMT_SEND_LONG_DATA is too short');
    this.#context.prepared.get(statementId(payload))?.addLongData(payload.readUInt16LE(5), payload.length - 7);
  }

  /** COM_INIT_DB: judged as the USE that it is. */
  #onInitDb(schema: Buffer, actor: Actor, approvals: readonly Approval[]): CommandDecision {
    const { scope } = this.#context;
    if (scope === undefined) throw new FailureError('INTERNAL', 'a schema is chosen before the state of its session');
    // As bytes: a name that is no UTF-8 is not understood.
    const use = Buffer.from(`USE \`${schema.toString('latin1').replaceAll('`', '``')}\``, 'latin1');
    const { statements } = this.#policy.analyser.analyse(use, 0, use.length, scope);
    const judged =
      identityRefusal(actor) ?? this.#judge(statements, actor, Command.INIT_DB, masksOf(actor, this.#policy));
    const text = Buffer.from(schema.toString());
    const command = commandName(Command.INIT_DB);
    const recorded = statements.map((analysed, index) => ({
      ...{ command, analysed, text, textStart: 0, textEnd: text.length, parameters: undefined, redacted: false },
      capture: undefined,
      verdict: verdictAt(judged, index),
    }));
    if (isRefusal(judged)) return this.#refuse(actor, recorded, judged);
    const asking = findAsking(judged, approvals);
    if (asking !== undefined) return this.#ask({ actor, statements: recorded, approvals }, asking, [schema]);
    const tickets = this.#recorder.intents(actor, recorded, approvals);
    return this.#forward({ command: Command.INIT_DB, statements: NONE, tickets, schema: schema.toString() }, 'simple');
  }

  /** Commands that change the session and carry no statement. */
  #onSessionCommand(command: number, text: string, kind: ResponseKind, actor: Actor): CommandDecision {
    const refusal = identityRefusal(actor);
    if (refusal !== undefined) return this.#refuseBare(command, text, actor, refusal);
    const recorded = bareStatement(command, text);
    const tickets = this.#recorder.intents(actor, [recorded]);
    return this.#forward({ command, statements: NONE, tickets }, kind);
  }

  #forward(
    facts: CommandFacts & Partial<Taken>,
    kind: ResponseKind,
    inspects = false,
    { fetchRewriter, tagged }: { fetchRewriter?: RowRewriter | undefined; tagged?: Buffer | undefined } = NOTHING,
  ): CommandDecision {
    const { tickets, durability, isCounted = false, captures = NONE } = facts;
    this.#context.run(facts.statements);
    const running = new RunningCommand(facts, isCounted ? this.#policy.summaries : this.#policy.trail);
    const recorded = tickets.length > 0 && !isCounted;
    const sees = inspects || captures.length > 0;
    return { action: 'forward', recorded, durability, running, kind, inspects: sees, fetchRewriter, tagged };
  }

  #refuse(actor: Actor, statements: readonly RecordedStatement[], refusal: Refusal): CommandDecision {
    const [recordId] = statements.map((statement) => this.#recorder.refused(actor, statement, refusal));
    return refuse(refusal, recordId);
  }

  /** Holds a command until somebody has approved it; refuses it where nobody can be asked. */
  #ask(waiting: Omit<PendingCommand, 'request'>, verdict: Verdict, exact: readonly Buffer[]): CommandDecision {
    const { actor, statements } = waiting;
    const { approvals } = this.#policy;
    const { rule = 'otherwise', reason = 'it wants an approval', notes } = verdict;
    if (approvals === undefined || actor.identity === undefined) {
      const problem = `${reason}; it needs an approval, and nobody can be asked: give the governor an approver`;
      return this.#refuse(actor, statements, { code: 'APPROVAL_DENIED', rule, reason: problem, notes });
    }
    const request = approvals.request(
      {
        rule,
        reason,
        identity: actor.identity,
        taskId: actor.taskId,
        taskSource: actor.taskSource,
        call: actor.assertions ?? NOTHING,
        origin: actor.origin,
        statements: statements.map(approvalStatement),
        server: this.#origin.server,
        namespace: this.#context.state?.namespace,
        sessionId: this.#recorder.sessionId,
        inTransaction: this.#context.inTransaction,
      },
      exact,
    );
    return { action: 'ask', recorded: false, pending: { ...waiting, request } };
  }

  #refuseBare(command: number, text: string, actor: Actor, refusal: Refusal): CommandDecision {
    return this.#refuse(actor, [bareStatement(command, text)], refusal);
  }
}
