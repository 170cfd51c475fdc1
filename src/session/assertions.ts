/** Where a call stands in a distributed trace: as OpenTelemetry's `SpanContext` says it. @see https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** One byte; 1 is sampled. */
  readonly traceFlags?: number;
}

/** What the calling code, or a client, says of a call. Nothing of it is proven, and no right follows from it but what a rule gives to a task. */
export interface Assertions {
  /** The task, where neither the token nor the caller names one. */
  readonly taskId: string | undefined;
  readonly trace: TraceContext | undefined;
  /** The model that made the call. */
  readonly model: string | undefined;
  /** The program that the model ran in. */
  readonly client: string | undefined;
  readonly tool: string | undefined;
  readonly toolCallId: string | undefined;
}

const NONE: Assertions = {
  taskId: undefined,
  trace: undefined,
  model: undefined,
  client: undefined,
  tool: undefined,
  toolCallId: undefined,
};
/** Characters of each that are recorded. */
const MAX_LENGTH = 256;
const TRACE_ID = /^(?!0{32})[\da-f]{32}$/;
const SPAN_ID = /^(?!0{16})[\da-f]{16}$/;
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

/** The header `traceparent`; undefined where it is none, as the specification wants it. */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text.trim()) ?? [];
  return validTrace({ traceId, spanId, traceFlags: Number.parseInt(flags, 16) });
}

/** The trace, where its ids are ids. OpenTelemetry gives zeros where nothing is traced. */
export function validTrace(trace: TraceContext): TraceContext | undefined {
  return TRACE_ID.test(trace.traceId) && SPAN_ID.test(trace.spanId) ? trace : undefined;
}

/** As the header has it. */
export function traceparentOf({ traceId, spanId, traceFlags = 0 }: TraceContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}

/** What is said anew goes before what was said before; undefined where nothing is said at all. */
export function assertionsOf(
  before: Assertions | undefined,
  said: { readonly [Name in keyof Assertions]?: Assertions[Name] | undefined },
): Assertions | undefined {
  const { taskId, trace, model, client, tool, toolCallId } = said;
  const known = before ?? NONE;
  const all = {
    taskId: short(taskId) ?? known.taskId,
    trace: trace ?? known.trace,
    model: short(model) ?? known.model,
    client: short(client) ?? known.client,
    tool: short(tool) ?? known.tool,
    toolCallId: short(toolCallId) ?? known.toolCallId,
  };
  return Object.values(all).every((each) => each === undefined) ? undefined : all;
}

/**
 * What attributes of a connection or of a query say: `task`, `model`, `client`, `tool`, `tool_call_id` and `traceparent`. Others are the server's.
 */
export function assertionsFromAttributes(
  before: Assertions | undefined,
  attributes: ReadonlyMap<string, string>,
): Assertions | undefined {
  const traceparent = attributes.get('traceparent');
  return assertionsOf(before, {
    taskId: attributes.get('task'),
    trace: traceparent === undefined ? undefined : readTraceparent(traceparent),
    model: attributes.get('model'),
    client: attributes.get('client'),
    tool: attributes.get('tool'),
    toolCallId: attributes.get('tool_call_id'),
  });
}

function short(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : String(text).slice(0, MAX_LENGTH);
}
