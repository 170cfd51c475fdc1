import * as v from 'valibot';

import type { OutcomeStatus } from '../../audit/index.js';

/** What a replay needs of the record of a statement. */
export interface Recorded {
  readonly id: string;
  readonly session: { readonly statement_no?: number | undefined };
  readonly db: { readonly server?: string | undefined; readonly namespace?: string | undefined };
  readonly statement: {
    readonly command: string;
    readonly text: string;
    readonly summary?: string | undefined;
    readonly parameters: readonly unknown[];
    readonly truncated: boolean;
    readonly redacted: boolean;
  };
  readonly outcome: {
    readonly status: OutcomeStatus;
    readonly error?: { readonly code?: number | undefined } | undefined;
    readonly rows?: number | undefined;
    readonly affected?: number | string | undefined;
    readonly limited?: unknown;
    readonly masked?: readonly unknown[] | undefined;
    readonly result?: { readonly digest: string } | undefined;
  };
}

const Schema = v.object({
  id: v.string(),
  session: v.object({ statement_no: v.optional(v.number()) }),
  db: v.optional(v.object({ server: v.optional(v.string()), namespace: v.optional(v.string()) }), {}),
  statement: v.object({
    command: v.string(),
    text: v.string(),
    summary: v.optional(v.string()),
    parameters: v.optional(v.array(v.unknown()), []),
    truncated: v.optional(v.boolean(), false),
    redacted: v.optional(v.boolean(), false),
  }),
  outcome: v.object({
    status: v.picklist(['ok', 'error', 'denied', 'aborted', 'unknown']),
    error: v.optional(v.object({ code: v.optional(v.number()) })),
    rows: v.optional(v.number()),
    affected: v.optional(v.union([v.number(), v.string()])),
    limited: v.optional(v.unknown()),
    masked: v.optional(v.array(v.unknown())),
    result: v.optional(v.object({ digest: v.string() })),
  }),
});

/** Reads what a replay needs of a record. @returns undefined where it is no statement's, or of another form */
export function readRecorded(record: unknown): Recorded | undefined {
  const result = v.safeParse(Schema, record);
  return result.success ? result.output : undefined;
}
