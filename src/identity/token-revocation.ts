/** Whether a token has been revoked: asked before its identity is used, and again while it is. */
import { withDeadline } from '../deadline.js';
import { FailureError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { Identity } from './identity.js';
import { refusal } from './token-refusal.js';
import { type IssuerSettings, parseVerifierOptions, type TokenVerifierOptions } from './token-verifier-options.js';

/** How soon it is asked again after nobody could tell. */
const RETRY_MS = 1_000;

type RevocationSettings = Pick<IssuerSettings, 'isRevoked' | 'issuer' | 'revocationMaxAgeMs' | 'timeoutMs'>;

/** What is known of the revocation of one token. */
export class Revocation {
  readonly #ask: () => Promise<boolean>;
  readonly #maxAgeMs: number;
  #isRevoked = false;
  /** Of `performance.now()`: the answer holds as of the question. */
  #answeredAt = -Infinity;
  #failedAt = -Infinity;
  #failure: unknown;
  #asking: Promise<void> | undefined;

  /**
   * @param ask anything but false is a token that has been revoked
   * @param maxAgeMs milliseconds for which an answer is believed
   */
  constructor(ask: () => Promise<boolean>, maxAgeMs: number) {
    this.#ask = ask;
    this.#maxAgeMs = maxAgeMs;
  }

  /** It has been, for good. */
  get isRevoked(): boolean {
    return this.#isRevoked;
  }

  /** Nobody has said so lately. */
  get isUnknown(): boolean {
    return !this.#isRevoked && performance.now() - this.#answeredAt >= this.#maxAgeMs;
  }

  /** Why nobody could tell when it was asked last. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether there is nothing to wait for: what is known is young enough, or nobody could tell just now. Half-way there it is asked meanwhile. */
  isSettled(): boolean {
    const now = performance.now();
    const age = now - this.#answeredAt;
    if (this.#isRevoked || age < this.#maxAgeMs / 2 || now - this.#failedAt < RETRY_MS) return true;
    if (age >= this.#maxAgeMs) return false;
    void this.load();
    return true;
  }

  /** Asks. Never rejects: where nobody can tell, the answer before grows old. */
  load(): Promise<void> {
    return (this.#asking ??= this.#load().finally(() => {
      this.#asking = undefined;
    }));
  }

  async #load(): Promise<void> {
    const askedAt = performance.now();
    try {
      const isRevoked = await this.#ask();
      this.#isRevoked ||= isRevoked !== false;
      this.#answeredAt = askedAt;
    } catch (error) {
      this.#failure = error;
      this.#failedAt = performance.now();
    }
  }
}

const revocations = new WeakMap<Identity, Revocation>();

/** What is known of the revocation of an identity's token; undefined where nobody can be asked. */
export function revocationOf(identity: Identity): Revocation | undefined {
  return revocations.get(identity);
}

/**
 * Asks whether a token has been revoked. From then on {@link revocationOf} knows of its identity.
 * @param token undefined where only the identity is known
 * @throws DenialError `TOKEN_INVALID` where it has been; FailureError `ISSUER_UNREACHABLE` where nobody says so in time
 */
export async function requireNotRevoked(
  identity: Identity,
  token: string | undefined,
  { isRevoked, issuer, revocationMaxAgeMs, timeoutMs }: RevocationSettings,
): Promise<void> {
  if (isRevoked === undefined) return;
  const ask = (): Promise<boolean> => withDeadline(timeoutMs, undefined, async () => isRevoked(identity, token));
  const revocation = new Revocation(ask, revocationMaxAgeMs);
  await revocation.load();
  if (revocation.isRevoked) throw refusal('it has been revoked. Get a new one.');
  if (revocation.isUnknown) {
    const cause = revocation.failure;
    const problem = `whether a token of ${issuer} is revoked cannot be told: ${messageOf(cause)}`;
    throw new FailureError('ISSUER_UNREACHABLE', problem, { cause });
  }
  revocations.set(identity, revocation);
}

/**
 * Makes what asks for identities that come without their token, as those of short-lived credentials do: it rejects those of other issuers as well.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 */
export function createRevocationCheck(options: TokenVerifierOptions): (identity: Identity) => Promise<void> {
  const known = new Map(parseVerifierOptions(options).map((settings) => [settings.issuer, settings]));
  return async (identity) => {
    const settings = known.get(identity.issuer);
    if (settings === undefined) throw refusal('its issuer is not trusted here. Ask for a new credential.');
    await requireNotRevoked(identity, undefined, settings);
  };
}
