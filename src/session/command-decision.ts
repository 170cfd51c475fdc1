import type { Approval, ApprovalRequest } from '../approval/approver.js';
import type { Durability } from '../audit/index.js';
import { isCountersignError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { ResponseKind } from '../wire/response-format.js';
import type { RowRewriter } from '../wire/row-rewriter.js';
import type { RecordedStatement } from './recorded-statement.js';
import type { RefusalDetails } from './refusal-details.js';
import type { RunningCommand } from './running-command.js';
import type { Actor, Refusal } from './statement-judge.js';

/** What becomes of a command. Where it is `recorded`, only after the record is written. */
export type CommandDecision =
  /** It goes to the server, which does not answer it. */
  | { readonly action: 'pass'; readonly recorded: false }
  /** It goes nowhere, and the client awaits no answer. */
  | { readonly action: 'drop'; readonly recorded: false }
  /** It goes to the server, and its answer is watched. */
  | {
      readonly action: 'forward';
      readonly recorded: boolean;
      /** What its record has to survive, where that is more than all have to. */
      readonly durability: Durability | undefined;
      readonly running: RunningCommand;
      readonly kind: ResponseKind;
      readonly inspects: boolean;
      readonly fetchRewriter: RowRewriter | undefined;
      /** What goes to the server in the place of the client's own payload. */
      readonly tagged?: Buffer | undefined;
    }
  /** It waits for somebody to approve it, and is then decided upon again. */
  | { readonly action: 'ask'; readonly recorded: false; readonly pending: PendingCommand }
  /** It waits until more is known, and is then decided upon again. */
  | { readonly action: 'look-up'; readonly recorded: false; readonly source: Knowledge }
  /** The client gets an ERR packet. */
  | {
      readonly action: 'refuse';
      readonly recorded: boolean;
      readonly message: string;
      readonly details: RefusalDetails;
    };

/** What is known of the schemas, or of an identity. */
export interface Knowledge {
  /** Finds out. Never rejects. */
  load(): Promise<void>;
  /** It was asked so often in vain that it is to say what it knows. */
  giveUp?(): void;
}

/** A command that waits for an approval. */
export interface PendingCommand {
  readonly request: ApprovalRequest;
  readonly actor: Actor;
  readonly statements: readonly RecordedStatement[];
  /** Given by now, for other rules. */
  readonly approvals: readonly Approval[];
}

/** It goes to the server, which does not answer it. */
export const PASS: CommandDecision = { action: 'pass', recorded: false };

/** It goes nowhere. */
export const DROP: CommandDecision = { action: 'drop', recorded: false };

/** The client gets an ERR packet; the record is made. */
export function refuse({ code, rule, reason }: Refusal, recordId: string | undefined): CommandDecision {
  const message = `Countersign refused this statement (rule ${rule}): ${reason}`;
  return { action: 'refuse', recorded: true, message, details: { code, rule, reason, recordId } };
}

/** The answer where a command could not be judged or recorded. */
export function refusalOf(error: unknown): CommandDecision {
  const code = isCountersignError(error) ? error.code : 'INTERNAL';
  const reason = messageOf(error);
  const message = `Countersign refused this statement: ${reason}`;
  return {
    action: 'refuse',
    recorded: false,
    message,
    details: { code, rule: undefined, reason, recordId: undefined },
  };
}
