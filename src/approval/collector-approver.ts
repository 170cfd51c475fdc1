import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';

import { withDeadline } from '../deadline.js';
import { DenialError, FailureError } from '../errors.js';
import { type PublicKeySet, staticToken, type TokenSource } from '../identity/index.js';
import { verifyApprovalToken } from '../identity/approval-token.js';
import { messageOf } from '../message-of.js';
import { checkOptions, isSecureUrl } from '../options.js';
import { approvalMessageOf } from './approval-message.js';
import type { ApprovalAnswer, ApprovalRequest, Approver } from './approver.js';
import { isSameName } from './same-name.js';

/** Options of {@link collectorApprover}. */
export interface CollectorApproverOptions {
  /** The collector: HTTPS, or HTTP on the loopback interface. */
  readonly url: string;
  /** Bearer token with the role `writer`, or where it comes from. None is needed where the collector wants none. */
  readonly token?: string | TokenSource | undefined;
  /** The public keys that its decisions are signed with, as `/v1/approval-keys` gives them. Where not given they are fetched from there. */
  readonly keys?: PublicKeySet | undefined;
}

const OptionsSchema = v.strictObject({
  url: v.pipe(v.string(), v.check(isSecureUrl, 'must be an HTTPS URL, or HTTP on the loopback interface')),
  token: v.optional(v.union([v.string(), v.looseObject({ getToken: v.function() })])),
  keys: v.optional(v.looseObject({ keys: v.array(v.looseObject({})) })),
});

/** Seconds that the collector holds a question that has no answer yet. */
const WAIT_SECONDS = 20;
const ASK_MS = (WAIT_SECONDS + 10) * 1_000;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 5_000;

const OutcomeSchema = v.variant('status', [
  v.object({ status: v.literal('pending') }),
  v.object({ status: v.picklist(['approved', 'rejected']), decision: v.string() }),
  v.object({ status: v.picklist(['expired', 'cancelled']) }),
]);

/**
 * Asks the people who look at a collector: its console, `countersign approvals`, and the webhooks that it tells. What they decide is signed by the
 * collector, for this one request and its exact bytes, and verified here. A collector that is away is asked again until the request expires.
 * @throws FailureError `OPTIONS_INVALID`
 * @example
 * ```ts
 * const governor = await createGovernor({ approver: collectorApprover({ url: 'https://collector.example.com', token }) });
 * ```
 */
export function collectorApprover(options: CollectorApproverOptions): Approver {
  checkOptions('collectorApprover', OptionsSchema, options);
  const client = new CollectorClient(options);
  return async (request, signal) => {
    const path = `/v1/approvals/${request.id}`;
    try {
      await client.insist('POST', '/v1/approvals', approvalMessageOf(request), signal);
      const outcome = await decided(client, path, signal);
      if ('decision' in outcome) return await answerOf(request, outcome.decision, await client.keys(signal));
      throw new DenialError('APPROVAL_DENIED', `the collector says that it is ${outcome.status}`);
    } finally {
      // Nobody waits any more.
      if (signal.aborted) void client.tell(`${path}/cancel`);
    }
  };
}

type Outcome = v.InferOutput<typeof OutcomeSchema>;

async function decided(
  client: CollectorClient,
  path: string,
  signal: AbortSignal,
): Promise<Exclude<Outcome, { status: 'pending' }>> {
  for (;;) {
    const result = v.safeParse(
      OutcomeSchema,
      await client.insist('GET', `${path}/outcome?wait=${WAIT_SECONDS}`, undefined, signal),
    );
    if (!result.success)
      throw new FailureError(
        'COLLECTOR_FAILED',
        'the collector does not answer like one; see to the url of collectorApprover',
      );
    if (result.output.status !== 'pending') return result.output;
  }
}

/** What a signed decision says, if it is one on this very request. */
async function answerOf(request: ApprovalRequest, token: string, keys: PublicKeySet): Promise<ApprovalAnswer> {
  const { id, digest, decision, by, reason } = await verifyApprovalToken(token, keys);
  if (id !== request.id || digest !== request.digest)
    throw new DenialError('APPROVAL_DENIED', 'the decision that came is on something else');
  const own = [request.identity.subject, ...request.identity.actor];
  if (by.some((name) => own.some((one) => isSameName(one, name))))
    throw new DenialError('APPROVAL_DENIED', 'nobody decides on what is done in their own name');
  return { approved: decision === 'approved', by: by.join(', '), ...(reason !== undefined && { reason }) };
}

class CollectorClient {
  readonly #url: string;
  readonly #token: TokenSource | undefined;
  readonly #keys: PublicKeySet | undefined;

  constructor({ url, token, keys }: CollectorApproverOptions) {
    this.#url = url;
    this.#token = typeof token === 'string' ? staticToken(token) : token;
    this.#keys = keys;
  }

  /** The collector's keys: those that were given, or those that it has now. */
  async keys(signal: AbortSignal): Promise<PublicKeySet> {
    return this.#keys ?? ((await this.insist('GET', '/v1/approval-keys', undefined, signal)) as PublicKeySet);
  }

  /** Asks until there is an answer. One that says that the question is wrong is an error. */
  async insist(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      signal.throwIfAborted();
      const answer = await this.#ask(method, path, body, signal).catch((error: unknown) => messageOf(error));
      if (typeof answer !== 'string' && answer.status < 300) return answer.body;
      if (typeof answer !== 'string' && answer.status < 500 && answer.status !== 429) {
        const { error } = (answer.body ?? {}) as { error?: unknown };
        throw new FailureError('COLLECTOR_FAILED', `the collector answered ${answer.status}: ${String(error)}`);
      }
      await delay(wait, undefined, { signal });
    }
  }

  /** Tells the collector something that need not arrive. */
  async tell(path: string): Promise<void> {
    await this.#ask('POST', path, {}, undefined).catch(() => undefined);
  }

  async #ask(
    method: string,
    path: string,
    body: object | undefined,
    outer: AbortSignal | undefined,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    return withDeadline(ASK_MS, outer, async (signal) => {
      const token = await this.#token?.getToken();
      const headers = {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      };
      const init = { method, headers, redirect: 'error' as const, signal };
      const response = await fetch(
        new URL(path, this.#url),
        body === undefined ? init : { ...init, body: JSON.stringify(body) },
      );
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    });
  }
}
