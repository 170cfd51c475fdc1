import * as v from 'valibot';

import type { ApprovalRequest } from './approver.js';

const Text = v.string();
const Texts = v.array(Text);
const Named = v.pipe(Text, v.minLength(1), v.maxLength(1_000));
const MAX_STATEMENTS = 1_000;

/** A request as it is sent to a collector, and shown to those who are asked. What is absent is unknown, or does not apply. */
export interface ApprovalMessage {
  /** UUID. */
  readonly id: string;
  /** Of what it is for: see `ApprovalRequest`. */
  readonly digest: string;
  /** The rule that wants an approval, and why. */
  readonly rule: string;
  readonly reason: string;
  readonly agent: {
    readonly subject: string;
    readonly issuer: string;
    readonly name?: string;
    readonly groups: readonly string[];
    /** Chain of delegation, outermost first. */
    readonly actor: readonly string[];
  };
  readonly task?: { readonly id: string; readonly source: 'claim' | 'asserted' };
  /** What the calling code says of the call; nothing of it is proven. */
  readonly call?: { readonly id?: string; readonly tool?: string; readonly client?: string; readonly model?: string };
  readonly statements: readonly ApprovalMessageStatement[];
  /** `host:port` of the database server, and the default schema there. */
  readonly server: string;
  readonly namespace?: string;
  readonly session: string;
  /** What the open transaction has locked stays locked while it waits. */
  readonly in_transaction: boolean;
  /** RFC 3339, UTC: then it is denied without an answer. */
  readonly expires_at: string;
}

/** One statement that waits. */
export interface ApprovalMessageStatement {
  readonly text: string;
  /** JSON array. */
  readonly parameters?: string;
  readonly operation: string;
  /** SHA-256, base64url, of the fingerprint. */
  readonly fingerprint_digest: string;
  /** Rows that it would look at, as the server estimates. */
  readonly estimated_rows?: number;
  readonly tables: readonly {
    readonly schema?: string;
    readonly table: string;
    readonly access: 'read' | 'write';
    readonly via?: string;
  }[];
}

/** Checks what comes as a message. */
export const ApprovalMessageSchema: v.GenericSchema<unknown, ApprovalMessage> = v.object({
  id: v.pipe(Text, v.uuid('must be a UUID')),
  digest: v.pipe(Text, v.regex(/^[\w-]{43}$/, 'must be a digest')),
  rule: Named,
  reason: v.pipe(Text, v.maxLength(10_000)),
  agent: v.object({
    ...{ subject: Named, issuer: Named, name: v.exactOptional(Text), groups: Texts },
    actor: Texts,
  }),
  task: v.exactOptional(v.object({ id: Named, source: v.picklist(['claim', 'asserted']) })),
  call: v.exactOptional(
    v.object({
      ...{ id: v.exactOptional(Text), tool: v.exactOptional(Text) },
      ...{ client: v.exactOptional(Text), model: v.exactOptional(Text) },
    }),
  ),
  statements: v.pipe(
    v.array(
      v.object({
        text: Text,
        parameters: v.exactOptional(Text),
        operation: Text,
        fingerprint_digest: Text,
        estimated_rows: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
        tables: v.array(
          v.object({
            ...{ schema: v.exactOptional(Text), table: Text, access: v.picklist(['read', 'write']) },
            via: v.exactOptional(Text),
          }),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_STATEMENTS),
  ),
  server: Named,
  namespace: v.exactOptional(Text),
  session: Named,
  in_transaction: v.boolean(),
  expires_at: v.pipe(Text, v.isoTimestamp('must be a time')),
});

/** A request as it is sent. What the calling code gave with the call stays here. */
export function approvalMessageOf(request: ApprovalRequest): ApprovalMessage {
  const { id, digest, rule, reason, identity, taskId, taskSource, call, statements } = request;
  const { subject, issuer, name, groups, actor } = identity;
  const { toolCallId, tool, client, model } = call;
  return {
    ...{ id, digest, rule, reason },
    agent: { subject, issuer, ...(name !== undefined && { name }), groups: [...groups], actor: [...actor] },
    ...(taskId !== undefined && { task: { id: taskId, source: taskSource } }),
    call: {
      ...(toolCallId !== undefined && { id: toolCallId }),
      ...(tool !== undefined && { tool }),
      ...(client !== undefined && { client }),
      ...(model !== undefined && { model }),
    },
    statements: statements.map(({ text, parameters, operation, fingerprintDigest, tables, estimatedRows }) => ({
      ...{ text, operation, fingerprint_digest: fingerprintDigest },
      ...(parameters !== undefined && { parameters }),
      ...(estimatedRows !== undefined && { estimated_rows: estimatedRows }),
      tables: tables.map(({ schema, table, access, via }) => ({
        ...(schema !== undefined && { schema }),
        ...{ table, access },
        ...(via !== undefined && { via }),
      })),
    })),
    server: request.server,
    ...(request.namespace !== undefined && { namespace: request.namespace }),
    session: request.sessionId,
    in_transaction: request.inTransaction,
    expires_at: new Date(request.expiresAtMs).toISOString(),
  };
}
