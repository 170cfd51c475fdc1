import type { Identity, IdentityHolder } from './identity.js';
import type { TokenSource } from './token-source.js';
import type { TokenVerifier } from './token-verifier.js';

/** Options of {@link createRenewingIdentity}. */
export interface RenewingIdentityOptions {
  readonly verifier: TokenVerifier;
  readonly source: TokenSource;
  /** Called after each renewal. */
  readonly onRenewed?: (identity: Identity) => void;
  /** Called for each renewal that failed; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** An identity that renews itself before it expires. */
export interface RenewingIdentity extends IdentityHolder {
  /** Why the last renewal failed; undefined where it did not. */
  readonly lastError: unknown;
  /** Stops renewing: the current identity works until it expires. */
  close(): void;
}

const MAX_TIMER_MS = 2 ** 31 - 1;
const MIN_DELAY_MS = 250;
const MAX_BACKOFF_MS = 30_000;

/** Renewal is due at four fifths of the time that is left, earlier by up to a tenth so that many agents do not ask at once. */
function renewalDelayMs(identity: Identity): number {
  const left = identity.expiresAtMs - Date.now();
  return Math.min(MAX_TIMER_MS, Math.max(MIN_DELAY_MS, left * (0.8 - Math.random() * 0.1)));
}

class SelfRenewingIdentity implements RenewingIdentity {
  readonly #options: RenewingIdentityOptions;
  readonly #aborter = new AbortController();
  #current: Identity;
  #lastError: unknown;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RenewingIdentityOptions, first: Identity) {
    this.#options = options;
    this.#current = first;
    this.#schedule(renewalDelayMs(first));
  }

  get current(): Identity {
    return this.#current;
  }

  get lastError(): unknown {
    return this.#lastError;
  }

  close(): void {
    this.#aborter.abort();
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#aborter.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#renew(), delayMs).unref();
  }

  async #renew(): Promise<void> {
    try {
      this.#current = await fetchIdentity(this.#options, this.#aborter.signal);
      this.#lastError = undefined;
      this.#failures = 0;
      this.#schedule(renewalDelayMs(this.#current));
      this.#options.onRenewed?.(this.#current);
    } catch (error) {
      if (this.#aborter.signal.aborted) return;
      this.#lastError = error;
      this.#schedule(Math.min(MAX_BACKOFF_MS, MIN_DELAY_MS * 2 ** this.#failures++) * (0.5 + Math.random() / 2));
      this.#options.onError?.(error);
    }
  }
}

async function fetchIdentity({ source, verifier }: RenewingIdentityOptions, signal?: AbortSignal): Promise<Identity> {
  return verifier.verify(await source.getToken(signal));
}

/**
 * Gets a first token, verifies it, and goes on renewing it before it expires. While renewal fails the identity stays what it was, and
 * once that has expired every statement is refused.
 * @throws what the source or the verifier throws for the first token
 */
export async function createRenewingIdentity(options: RenewingIdentityOptions): Promise<RenewingIdentity> {
  return new SelfRenewingIdentity(options, await fetchIdentity(options));
}
