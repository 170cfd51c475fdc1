import * as v from 'valibot';
import { type CountersignError, FailureError, isCountersignError } from '../errors.js';
import { quote } from './bounds.js';
import { checkOptions } from '../options.js';
import { withDeadline } from '../deadline.js';
import type { Identity, IdentityHolder } from './identity.js';
import { reasonOf } from './issuer-http.js';
import type { TokenSource } from './token-source.js';
import type { TokenVerifier } from './token-verifier.js';

/** How an identity is kept fresh. */
export interface RenewingIdentityOptions {
  /** Verifies every token, the first and each later one. */
  readonly verifier: TokenVerifier;
  /** Gives the tokens. */
  readonly source: TokenSource;
  /**
   * Seconds before the expiry at which renewal starts, but never earlier than half-way through what is left. Default: after 70 to
   * 80 % of what is left, at random.
   */
  readonly renewBeforeSeconds?: number;
  /** Milliseconds that the source may take for one token: 100 to 600,000, default 15,000. */
  readonly timeoutMs?: number;
  /** Milliseconds between tries after a failure: doubled from the least (default 1,000) to the most (default 30,000), with jitter. */
  readonly retry?: { readonly minDelayMs?: number; readonly maxDelayMs?: number };
  /** Told of each new identity. What it throws becomes a process warning. */
  readonly onRenewed?: (identity: Identity) => void;
  /** Told of each failed renewal. What it throws becomes a process warning. */
  readonly onError?: (error: CountersignError) => void;
}

/** An identity that renews itself until it is closed. */
export interface RenewingIdentity extends IdentityHolder, Disposable {
  /** Why the latest renewal failed; undefined while all is well. */
  readonly lastError: CountersignError | undefined;
  /** Ends renewal. `current` stays what it is, and expires. */
  close(): void;
}

const whole = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), fallback);
const schema = v.pipe(
  v.strictObject({
    verifier: v.custom<TokenVerifier>((value) => hasMethod(value, 'verify'), 'must be a TokenVerifier'),
    source: v.custom<TokenSource>((value) => hasMethod(value, 'getToken'), 'must be a TokenSource'),
    renewBeforeSeconds: v.optional(v.pipe(v.number(), v.minValue(0))),
    timeoutMs: whole(100, 600_000, 15_000),
    retry: v.optional(
      v.pipe(
        v.strictObject({ minDelayMs: whole(10, 3_600_000, 1_000), maxDelayMs: whole(10, 3_600_000, 30_000) }),
        v.check((retry) => retry.minDelayMs <= retry.maxDelayMs, 'minDelayMs must not be more than maxDelayMs'),
      ),
      {},
    ),
    onRenewed: v.optional(v.custom<(identity: Identity) => void>((value) => typeof value === 'function')),
    onError: v.optional(v.custom<(error: CountersignError) => void>((value) => typeof value === 'function')),
  }),
);

type Settings = v.InferOutput<typeof schema>;

// The clock can be set and the machine can sleep: what is due is looked at again at least this often.
const TICK_MS = 30_000;
const LEAST_WAIT_MS = 100;

/**
 * Gets and verifies a first token, and renews it before it expires. While renewal fails, the old identity stays until it expires;
 * then statements are refused until a renewal succeeds. Its timer does not keep the process alive.
 * @throws FailureError `OPTIONS_INVALID`, or what the source or the verifier threw for the first token
 */
export async function createRenewingIdentity(options: RenewingIdentityOptions): Promise<RenewingIdentity> {
  const settings = checkOptions('createRenewingIdentity', schema, options);
  return new Renewal(settings, await obtain(settings, undefined));
}

interface Obtained {
  readonly token: string;
  readonly identity: Identity;
}

class Renewal implements RenewingIdentity {
  readonly #settings: Settings;
  readonly #closing = new AbortController();
  #held: Obtained;
  #lastError: CountersignError | undefined;
  #fruitlessTries = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: Settings, first: Obtained) {
    this.#settings = settings;
    this.#held = first;
    this.#wakeAt(Date.now() + this.#waitMs());
  }

  get current(): Identity {
    return this.#held.identity;
  }

  get lastError(): CountersignError | undefined {
    return this.#lastError;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closing.abort(new FailureError('TOKEN_SOURCE_FAILED', 'the renewing identity was closed'));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wakeAt(dueMs: number): void {
    const waitMs = Math.min(Math.max(dueMs - Date.now(), 0), TICK_MS);
    this.#timer = setTimeout(() => {
      if (Date.now() < dueMs) this.#wakeAt(dueMs);
      else void this.#renew();
    }, waitMs).unref();
  }

  async #renew(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const obtained = await obtain(this.#settings, signal);
      if (signal.aborted) return;
      this.#take(obtained);
    } catch (cause) {
      if (signal.aborted) return;
      this.#fail(asOurs(cause));
    }
    this.#wakeAt(Date.now() + this.#waitMs());
  }

  #take(obtained: Obtained): void {
    const { subject, issuer } = this.current;
    const { identity } = obtained;
    // A session must not turn into somebody else's half-way.
    if (identity.subject !== subject || identity.issuer !== issuer) {
      throw new FailureError(
        'TOKEN_SOURCE_FAILED',
        `the token source gave a token of ${quote(identity.subject)} for the identity of ${quote(subject)}`,
      );
    }
    this.#lastError = undefined;
    // A file that was not replaced yet, or an issuer that caches: no failure, but no reason to ask again at once.
    if (obtained.token === this.#held.token) {
      this.#fruitlessTries += 1;
      return;
    }
    this.#fruitlessTries = 0;
    this.#held = obtained;
    tell(this.#settings.onRenewed, identity);
  }

  #fail(error: CountersignError): void {
    this.#fruitlessTries += 1;
    this.#lastError = error;
    tell(this.#settings.onError, error);
  }

  #waitMs(): number {
    const { retry, renewBeforeSeconds } = this.#settings;
    if (this.#fruitlessTries > 0) {
      const ceiling = Math.min(retry.maxDelayMs, retry.minDelayMs * 2 ** Math.min(this.#fruitlessTries - 1, 20));
      return ceiling * (0.5 + Math.random() / 2);
    }
    const leftMs = this.current.expiresAtMs - Date.now();
    const waitMs =
      renewBeforeSeconds === undefined
        ? leftMs * (0.8 - Math.random() / 10)
        : Math.max(leftMs - renewBeforeSeconds * 1000, leftMs / 2);
    return Math.max(waitMs, LEAST_WAIT_MS);
  }
}

async function obtain({ source, verifier, timeoutMs }: Settings, signal: AbortSignal | undefined): Promise<Obtained> {
  try {
    const token = await withDeadline(timeoutMs, signal, (ending) => source.getToken(ending));
    return { token, identity: await verifier.verify(token) };
  } catch (cause) {
    throw asOurs(cause);
  }
}

function asOurs(cause: unknown): CountersignError {
  if (isCountersignError(cause)) return cause;
  return new FailureError('TOKEN_SOURCE_FAILED', `the token source gave no token: ${reasonOf(cause)}`, { cause });
}

function tell<T>(listener: ((value: T) => void) | undefined, value: T): void {
  try {
    listener?.(value);
  } catch (error) {
    process.emitWarning(`a listener of a renewing identity threw: ${reasonOf(error)}`, 'CountersignWarning');
  }
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';
}
