/**
 * Runs the tools of an MCP server as the agent that calls them: `import { governedTool } from 'countersign/mcp'`.
 *
 * @module
 */
import { ElicitResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Approver } from '../../src/approval/index.js';
import { isCountersignError } from '../../src/errors.js';
import type { TokenVerifier } from '../../src/identity/index.js';
import { messageOf } from '../../src/message-of.js';
import { printable } from '../../src/printable.js';
import { type CallContext, withContext } from '../../src/session/index.js';
import { isRefused } from '../mysql2/refused-error.js';
import { explainRefusal } from './explain-refusal.js';

export { explainRefusal } from './explain-refusal.js';

/** What of the SDK's `RequestHandlerExtra` is used. */
export interface ToolExtra {
  readonly authInfo?: { readonly token: string } | undefined;
  readonly sessionId?: string | undefined;
  readonly requestId: string | number;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
  readonly sendRequest: (
    request: never,
    resultSchema: never,
    options?: { signal?: AbortSignal; timeout?: number },
  ) => Promise<unknown>;
  readonly sendNotification: (notification: never) => Promise<void>;
}

/** A result of a tool, as MCP has it. */
export interface ToolResult {
  [name: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: boolean;
}

/** How tools learn who calls. */
export interface GovernedToolOptions {
  /** Of the bearer tokens that the transport was given. Without it, calls are the governor's own agent's, as over stdio. */
  readonly verifier?: TokenVerifier;
  /** The program that calls: `() => server.server.getClientVersion()`. */
  readonly clientOf?: () => { readonly name: string; readonly version: string } | undefined;
}

/** Members of `_meta` that a client may say more in. MCP itself knows of no model and no task. */
const META = { task: 'countersign/task', model: 'countersign/model', toolCallId: 'countersign/tool-call-id' };
/** What the handlers of tools were called with: who is asked for an approval is who made the call, whatever else is said of it. */
const calls = new WeakSet<object>();
const PROGRESS_MS = 5_000;

/**
 * A tool's handler whose statements carry the identity, the task, the model, the client and the call, and whose refusals tell the model what to do in their
 * place. Errors of the database become results with `isError`, as MCP wants it; others are thrown.
 * @param name of the tool, which stands on the records
 * @example
 * ```ts
 * const options = { verifier, clientOf: () => server.server.getClientVersion() };
 * server.registerTool('query', { inputSchema: { sql: z.string() } }, governedTool('query', options, async ({ sql }) => {
 *   const [rows] = await pool.query(sql);
 *   return { content: [{ type: 'text', text: JSON.stringify(rows) }] };
 * }));
 * ```
 */
export function governedTool<Args, Extra extends ToolExtra>(
  name: string,
  options: GovernedToolOptions,
  handler: (args: Args, extra: Extra) => Promise<ToolResult>,
): (args: Args, extra: Extra) => Promise<ToolResult> {
  return async (args, extra) => {
    try {
      const context = await contextOf(name, extra, options);
      calls.add(extra);
      return await withContext({ ...context, origin: extra }, () => handler(args, extra));
    } catch (error) {
      const text = explain(error);
      if (text === undefined) throw error;
      return { content: [{ type: 'text', text }], isError: true };
    }
  };
}

async function contextOf(
  tool: string,
  { authInfo, sessionId, requestId, _meta = {} }: ToolExtra,
  { verifier, clientOf }: GovernedToolOptions,
): Promise<CallContext> {
  const text = (key: string): string | undefined => {
    const value = _meta[key];
    return typeof value === 'string' ? value : undefined;
  };
  const client = clientOf?.();
  return {
    // Without a token there is no identity, and the statements are refused.
    ...(verifier !== undefined && { identity: await verifier.verify(authInfo?.token ?? '') }),
    task: text(META.task),
    model: text(META.model),
    client: client && `${client.name}/${client.version}`,
    tool,
    toolCallId: text(META.toolCallId) ?? `${sessionId ?? 'stdio'}/${requestId}`,
    trace: text('traceparent'),
  };
}

function explain(error: unknown): string | undefined {
  if (isRefused(error)) return explainRefusal(error.refusal);
  if (isCountersignError(error)) {
    return explainRefusal({ code: error.code, rule: undefined, reason: error.message, recordId: undefined });
  }
  const isOfTheDatabase = error instanceof Error && 'sqlState' in error;
  return isOfTheDatabase ? `The database answered with an error: ${messageOf(error)}` : undefined;
}

/**
 * An approver that asks the person in front of the client, by elicitation, about statements of tools made with {@link governedTool}; the client is told of
 * progress meanwhile. For other statements, and for clients that cannot be asked, it throws, which denies.
 */
export function elicitApproval(): Approver {
  return async (request, signal) => {
    const { origin: extra } = request;
    if (!isToolCall(extra)) throw new Error('the statement is of no tool call, so that nobody can be asked');
    // On one line, with what is not to be seen shown: a statement is not to look like a part of the question.
    const statements = request.statements.map(({ text, parameters }) =>
      printable(parameters === undefined ? text : `${text} with ${parameters}`),
    );
    const message = `${request.identity.subject} wants to run, on ${request.namespace ?? request.server}:\n\n${statements.join('\n')}\n\nIt needs your approval: ${printable(request.reason)}`;
    const endProgress = tellProgress(extra, signal);
    try {
      const requestedSchema = {
        type: 'object',
        properties: {
          approve: { type: 'boolean', title: 'Run it?' },
          reason: { type: 'string', title: 'Why, or why not?' },
        },
        required: ['approve'],
      };
      const elicitation = { method: 'elicitation/create', params: { message, requestedSchema } };
      const options = { signal, timeout: request.expiresAtMs - Date.now() };
      const answer = (await extra.sendRequest(elicitation as never, ElicitResultSchema as never, options)) as {
        readonly action: string;
        readonly content?: { readonly approve?: unknown; readonly reason?: unknown };
      };
      const approved = answer.action === 'accept' && answer.content?.approve === true;
      const reason = answer.content?.reason;
      return {
        approved,
        by: `the user of ${request.call.client ?? 'the client'}`,
        ...(typeof reason === 'string' && reason !== '' && { reason }),
      };
    } finally {
      endProgress();
    }
  };
}

function isToolCall(origin: object | undefined): origin is ToolExtra {
  return origin !== undefined && calls.has(origin);
}

/** A client that waits for a person is told so, where it wants to know. */
function tellProgress({ _meta, sendNotification }: ToolExtra, signal: AbortSignal): () => void {
  const progressToken = _meta?.['progressToken'];
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  const tell = (): void => {
    progress += 1;
    const params = { progressToken, progress, message: 'a statement waits for an approval' };
    sendNotification({ method: 'notifications/progress', params } as never).catch(() => undefined);
  };
  tell();
  const timer = setInterval(tell, PROGRESS_MS);
  const end = (): void => clearInterval(timer);
  signal.addEventListener('abort', end, { once: true });
  return end;
}
