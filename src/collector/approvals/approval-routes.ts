import * as v from 'valibot';

import { ApprovalMessageSchema } from '../../approval/approval-message.js';
import type { Viewer } from '../http/access.js';
import { answerProblem, type HttpProblem, type Route, type RouteCall } from '../http/route.js';
import type { ApprovalBook, Decider } from './approval-book.js';
import type { ApprovalWebhooks } from './approval-webhooks.js';

const MAX_LISTED = 200;
/** Of a request, whose statements are shown cut where they are long. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_WAIT_SECONDS = 60;
const Reason = v.optional(v.pipe(v.string(), v.maxLength(1_000)));
const Grant = v.strictObject({
  minutes: v.pipe(v.number(), v.minValue(1), v.maxValue(1_440)),
  uses: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
});
const Decision = {
  decision: v.picklist(['approved', 'rejected'], 'must be approved or rejected'),
  reason: Reason,
  grant: v.optional(Grant),
};
const DecisionSchema = v.strictObject(Decision);
const CallbackSchema = v.strictObject({
  ...Decision,
  approval: v.string(),
  by: v.pipe(
    v.string(),
    v.regex(/^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u, 'must name who decided'),
    v.maxLength(256),
  ),
  groups: v.optional(v.array(v.string()), []),
});

const ListQuery = v.strictObject({
  status: v.optional(v.picklist(['pending', 'approved', 'rejected', 'expired', 'cancelled'])),
});
const WaitQuery = v.strictObject({
  wait: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,2}$/, 'must be a number of seconds'),
      v.transform((text) => Math.min(Number(text), MAX_WAIT_SECONDS)),
      v.description('Seconds to wait for a decision, up to 60.'),
    ),
    '0',
  ),
});

/** The routes by which requests come, and are decided. */
export function approvalRoutes(book: ApprovalBook, webhooks: ApprovalWebhooks): readonly Route[] {
  return [...requesterRoutes(book), ...approverRoutes(book), callbackRoute(book, webhooks)];
}

function requesterRoutes(book: ApprovalBook): readonly Route[] {
  return [
    {
      ...{ method: 'POST', path: '/v1/approvals', role: 'writer', body: 'A request for an approval.' },
      summary: 'Asks for an approval. The same request may come again.',
      handle: (call) => withBody(call, ApprovalMessageSchema, (request) => book.open(request, call.viewer.id)),
    },
    {
      ...{ method: 'GET', path: '/v1/approvals/:id/outcome', role: 'writer', query: WaitQuery, isLook: false },
      summary: 'How a request of one’s own stands; a decision is a signed token.',
      handle: ({ request, reply, viewer, query }) => {
        const { wait } = query as v.InferOutput<typeof WaitQuery>;
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        return settle(reply, book.outcome(idOf(request), viewer.id, wait * 1_000, gone.signal));
      },
    },
    {
      ...{ method: 'POST', path: '/v1/approvals/:id/cancel', role: 'writer' },
      summary: 'Ends a request of one’s own that nobody waits for any more.',
      handle: ({ request, reply, viewer }) =>
        settle(reply, book.cancel(idOf(request), viewer.id) ?? { status: 'cancelled' }),
    },
    {
      ...{ method: 'GET', path: '/v1/approval-keys', role: undefined },
      summary: 'The public keys that decisions are signed with: a JSON Web Key set.',
      handle: () => book.keys,
    },
  ];
}

function approverRoutes(book: ApprovalBook): readonly Route[] {
  return [
    {
      ...{ method: 'GET', path: '/v1/approvals', role: 'approver', query: ListQuery },
      summary: 'Requests, the newest first.',
      handle: ({ query }) => {
        const { status } = query as v.InferOutput<typeof ListQuery>;
        return { approvals: book.list(status, MAX_LISTED) };
      },
    },
    {
      ...{
        method: 'GET',
        path: '/v1/approvals/:id',
        role: 'approver',
        summary: 'One request, and what was said of it.',
      },
      handle: ({ request, reply }) =>
        settle(reply, book.find(idOf(request)) ?? { statusCode: 404, error: 'there is no request with this id' }),
    },
    {
      ...{ method: 'POST', path: '/v1/approvals/:id/decisions', role: 'approver' },
      ...{
        summary: 'Approves or rejects.',
        body: '{"decision":"approved","reason":"…","grant":{"minutes":15,"uses":5}}',
      },
      handle: (call) =>
        withBody(call, DecisionSchema, (input) => book.decide(idOf(call.request), deciderOf(call.viewer), input)),
    },
  ];
}

function callbackRoute(book: ApprovalBook, webhooks: ApprovalWebhooks): Route {
  return {
    ...{ method: 'POST', path: '/v1/approvals/:id/callback', role: undefined },
    ...{
      summary: 'Approves or rejects, by a webhook’s receiver that signs it.',
      body: '{"approval":"…","decision":"approved","by":"carol"}',
    },
    handle: (call) => {
      const { request, reply } = call;
      if (!webhooks.isSigned(request.headers, bodyOf(call)))
        return answerProblem(reply, {
          statusCode: 401,
          error: 'it is not signed with the secret of a webhook, or is too old',
        });
      return withBody(call, CallbackSchema, ({ approval, by, groups, ...input }) => {
        // The signature covers the body, and not the path: a callback is good for the request that it names.
        if (approval !== idOf(request)) return { statusCode: 422, error: 'approval: must be the id of this request' };
        const decider: Decider = { name: by, issuer: '', groups, actor: [], isPerson: true, channel: 'webhook' };
        return book.decide(idOf(request), decider, input);
      });
    },
  };
}

function deciderOf({ name, identity }: Viewer): Decider {
  const { issuer = '', groups = [], actor = [] } = identity ?? {};
  return { name, issuer, groups, actor, isPerson: identity !== undefined, channel: 'api' };
}

const idOf = (request: RouteCall['request']): string => (request.params as { id: string }).id;
const bodyOf = ({ request }: RouteCall): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

async function withBody<S extends v.GenericSchema>(
  call: RouteCall,
  schema: S,
  work: (body: v.InferOutput<S>) => object | HttpProblem,
): Promise<unknown> {
  const { reply } = call;
  const body = bodyOf(call);
  if (body.length > MAX_BODY_BYTES)
    return answerProblem(reply, { statusCode: 413, error: `a request has at most ${MAX_BODY_BYTES} bytes` });
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return answerProblem(reply, { statusCode: 400, error: 'the body is not JSON' });
  }
  // One problem is enough: a hostile body may have a million.
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return settle(reply, work(result.output));
  const error = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`).join('; ');
  return answerProblem(reply, { statusCode: 422, error });
}

async function settle(reply: RouteCall['reply'], result: object | Promise<object>): Promise<unknown> {
  const value = (await result) as HttpProblem | { readonly statusCode?: undefined };
  return value.statusCode === undefined ? value : answerProblem(reply, value);
}
