import type { AskServer, CatalogueBook } from '../catalogue/index.js';
import type { ApprovalDesk } from '../approval/approval-desk.js';
import type { AuthorizationJudge } from '../guardrails/authorization.js';
import type { PolicyJudge } from '../guardrails/policy-judge.js';
import type { Identity, IdentityHolder } from '../identity/identity.js';
import type { AuditTrail } from '../audit/index.js';
import type { MaskBook } from '../masking/mask-book.js';
import type { Analyser } from '../sql/index.js';
import type { Caller } from './caller.js';
import type { RefusalDetails } from './refusal-details.js';
import type { SummaryBook } from './summary-book.js';
import type { IdentityLedger } from './identity-ledger.js';

/** What every session of one governor shares. */
export interface SessionPolicy {
  readonly analyser: Analyser;
  /** Undefined where none is read. */
  readonly catalogues: CatalogueBook | undefined;
  readonly guardrails: PolicyJudge;
  /** Sessions are put into the server's own read-only mode. */
  readonly serverReadOnly: boolean;
  readonly authorizations: AuthorizationJudge;
  /** Undefined where nobody can be asked: what wants an approval is denied. */
  readonly approvals: ApprovalDesk | undefined;
  /** The server is asked how many rows a statement would look at before somebody is asked to approve it. */
  readonly estimatesRows: boolean;
  readonly masks: MaskBook;
  readonly trail: AuditTrail;
  readonly identities: IdentityLedger;
  readonly summaries: SummaryBook;
  /** Statements carry who runs them, for the server's own logs. */
  readonly tags: boolean;
  /** Whose a statement is when its caller says nothing. */
  readonly defaultIdentity: Identity | IdentityHolder | undefined;
  /** Most bytes of one client packet, all its frames together. */
  readonly maxPacketBytes: number;
  /** Most prepared statements open on one connection. */
  readonly maxPreparedStatements: number;
  /** Most bytes of a statement's text in its record. */
  readonly maxRecordedTextBytes: number;
}

/** What is known of a connection when it is governed. */
export interface SessionOrigin {
  readonly mode: 'embedded' | 'proxy';
  /** `host:port` of the server, or its socket path. */
  readonly server: string;
  /** Name and version of the driver, such as `mysql2/3.24.5`; of a client of the proxy, as it says itself. */
  readonly driver: string;
  /** `address:port` of the client, which the proxy knows. */
  readonly client?: string;
  /** CLIENT_DEPRECATE_EOF was negotiated. */
  readonly deprecateEof: boolean;
  /** CLIENT_QUERY_ATTRIBUTES was negotiated. */
  readonly queryAttributes: boolean;
  /** MARIADB_CLIENT_EXTENDED_METADATA was negotiated. */
  readonly extendedMetadata: boolean;
}

/** A connection as its server knows it. */
export interface ServerThread {
  /** `CONNECTION_ID()`. */
  readonly threadId: number;
  /** `@@hostname:@@port`: behind one address there may be several servers, each with a thread of that number. */
  readonly server: string;
}

/** Where a session's bytes go. Called synchronously, in order. */
export interface SessionEdges {
  /** Bytes for the server, as they are to be written; `startsCommand` says that a command begins with them. */
  readonly toServer: (bytes: Buffer, startsCommand: boolean) => void;
  /** Bytes for the client that do not come from the server's chunk at hand: a refusal. */
  readonly toClient: (bytes: Buffer, refusal: RefusalDetails) => void;
  /** Who wrote the command that `fromClient` is being handed; undefined where nobody can say, which refuses it. */
  readonly caller: () => Caller | undefined;
  /**
   * Has the server stop what runs on this connection, over another one: KILL QUERY. Rejects where that was not possible. Without it, a statement
   * that passes a limit takes its connection with it.
   */
  readonly stopStatement?: (thread: ServerThread) => Promise<void>;
  /**
   * Gives what asks the server as the account that this connection has now, or as another one. Without it, no inside of views, routines and
   * triggers is seen.
   */
  readonly asker?: () => AskServer;
  /** The connection cannot go on: close it. */
  readonly fail: (error: Error) => void;
}
