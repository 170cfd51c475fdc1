import { AsyncLocalStorage } from 'node:async_hooks';
import type { Identity, IdentityHolder } from '../identity/identity.js';
import { type Assertions, assertionsOf, readTraceparent, type TraceContext, validTrace } from './assertions.js';

/** On whose behalf a statement runs. */
export interface Caller {
  /** A verified identity, or something that renews one; undefined falls back to the governor's own. */
  readonly identity: Identity | IdentityHolder | undefined;
  /** The task as the caller asserts it; a task in the token goes before it. */
  readonly taskId: string | undefined;
  /** What else is said of the call. */
  readonly assertions: Assertions | undefined;
  /** What the call came with, for whoever is asked to approve it. */
  readonly origin: object | undefined;
}

const NOBODY: Caller = Object.freeze({
  identity: undefined,
  taskId: undefined,
  assertions: undefined,
  origin: undefined,
});

const storage = new AsyncLocalStorage<Caller>();

/** The caller of the running asynchronous context. */
export function currentCaller(): Caller {
  return storage.getStore() ?? NOBODY;
}

/**
 * Runs a function as a caller, also in what it awaits and schedules. Where nobody says who calls, Node's asynchronous hooks stay off: they
 * cost every promise of the process.
 */
export function runAs<T>(caller: Caller, fn: () => T): T {
  return caller === currentCaller() ? fn() : storage.run(caller, fn);
}

/** Runs a function as nobody: what it opens or schedules belongs to no agent. */
export function runAsNobody<T>(fn: () => T): T {
  return runAs(NOBODY, fn);
}

/** What a lazy promise (a query builder of knex or Drizzle, a call of Prisma) resolves to; other results stay as they are. */
export type Started<T> = T extends Promise<unknown> ? T : T extends LazyPromise<infer Value> ? Promise<Value> : T;

/** A promise that does nothing until somebody waits for it. */
export interface LazyPromise<T> extends PromiseLike<T> {
  catch(onRejected: (reason: unknown) => unknown): unknown;
}

/**
 * Runs a function, and everything that it awaits or schedules, under an identity. An expired identity is found out by the next
 * statement, not here. A query builder that it returns is started here, and not when somebody awaits it.
 * @example
 * ```ts
 * const identity = await verifier.verify(bearer);
 * const [rows] = await withIdentity(identity, () => pool.query('SELECT 1'));
 * ```
 */
export function withIdentity<T>(identity: Identity | IdentityHolder, fn: () => T): Started<T> {
  return withContext({ identity }, fn);
}

/**
 * Runs a function, and everything that it awaits or schedules, for a task. It stands in the record as `asserted`; a task claimed
 * in the token goes before it. A query builder that it returns is started here, and not when somebody awaits it.
 * @param taskId at most 256 characters are recorded
 */
export function withTask<T>(taskId: string, fn: () => T): Started<T> {
  return withContext({ task: taskId }, fn);
}

/** What is known of a call. Texts of more than 256 characters are cut; what is left out stays as it is around the call. */
export interface CallContext {
  readonly identity?: Identity | IdentityHolder | undefined;
  /** The task; one that is claimed in the token goes before it. */
  readonly task?: string | undefined;
  /** A span of OpenTelemetry, or the header `traceparent`; one that is not valid counts as none. */
  readonly trace?: TraceContext | string | undefined;
  /** The model that makes the call, as the calling code says. */
  readonly model?: string | undefined;
  /** The program that the model runs in, such as `claude-code/2.1`. */
  readonly client?: string | undefined;
  /** The tool that was called. */
  readonly tool?: string | undefined;
  /** Which call of the tool it is. */
  readonly toolCallId?: string | undefined;
  /** What the call came with, such as the request: an approver is given it as it is, and nothing of it is recorded. */
  readonly origin?: object | undefined;
}

/**
 * Runs a function, and everything that it awaits or schedules, with what is known of the call: it stands on each of its statements' records. A
 * query builder that it returns is started here, and not when somebody awaits it.
 * @example
 * ```ts
 * await withContext({ identity, task: 'SUP-1042', model: 'opus', tool: 'query', toolCallId: 'toolu_01' }, () => pool.query(sql));
 * ```
 */
export function withContext<T>(context: CallContext, fn: () => T): Started<T> {
  const around = currentCaller();
  const { identity = around.identity, origin = around.origin, task = '', trace, ...said } = context;
  const caller: Caller = {
    identity,
    taskId: task === '' ? around.taskId : String(task).slice(0, 256),
    assertions: assertionsOf(around.assertions, { ...said, trace: traceOf(trace) }),
    origin,
  };
  return storage.run(caller, start, fn);
}

function traceOf(trace: TraceContext | string | undefined): TraceContext | undefined {
  if (trace === undefined) return undefined;
  return typeof trace === 'string' ? readTraceparent(trace) : validTrace(trace);
}

/** A builder runs its query when it is awaited: by then, the caller would be somebody else. */
function start<T>(fn: () => T): Started<T> {
  const result: unknown = fn();
  if (!isLazyPromise(result)) return result as Started<T>;
  return new Promise((resolve, reject) => {
    result.then(resolve, reject);
  }) as Started<T>;
}

/** Commands of mysql2's callback interface have a `then` that throws, and no `catch`. */
function isLazyPromise(value: unknown): value is LazyPromise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Promise) return false;
  return 'then' in value && typeof value.then === 'function' && 'catch' in value && typeof value.catch === 'function';
}
