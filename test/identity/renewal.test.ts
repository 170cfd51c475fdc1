/** What a renewing identity takes from its source, and when it asks. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createRenewingIdentity,
  createTokenVerifier,
  type RenewingIdentityOptions,
  tokenFunction,
} from '../../src/identity/index.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';
import { ourError } from './error-matcher.js';
import { forgeToken } from './forged-token.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer([]);
});
afterAll(() => issuer.stop());

const expiringIn = (seconds: number, sub = 'x'): Promise<string> =>
  forgeToken(issuer, { sub, exp: Date.now() / 1000 + seconds, jti: String(Math.random()) });

function optionsOf(getToken: (signal?: AbortSignal) => Promise<string>): RenewingIdentityOptions {
  return {
    verifier: createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, clockToleranceSeconds: 1 }),
    source: tokenFunction(getToken),
    retry: { minDelayMs: 50, maxDelayMs: 100 },
  };
}

describe('a renewing identity', () => {
  it('renews earlier where it is told to, but not before half the life is over', async () => {
    let asked = 0;
    using identity = await createRenewingIdentity({
      ...optionsOf(() => {
        asked += 1;
        return expiringIn(1);
      }),
      renewBeforeSeconds: 3_600,
    });
    const first = identity.current;
    await setTimeout(1_700);
    expect(identity.current).not.toBe(first);
    expect(asked).toBe(2);
  });

  it('does not turn into somebody else', async () => {
    const subjects = ['anna', 'bert'];
    using identity = await createRenewingIdentity(optionsOf(() => expiringIn(0.2, subjects.shift() ?? 'bert')));
    await setTimeout(1_300);
    expect(identity.current.subject).toBe('anna');
    expect(identity.lastError).toEqual(ourError('TOKEN_SOURCE_FAILED', /"bert" for the identity of "anna"/));
  });

  it('asks again, without an error, where the source still has the same token', async () => {
    const tokens = [await expiringIn(0.8)];
    let asked = 0;
    const errors: unknown[] = [];
    using identity = await createRenewingIdentity({
      ...optionsOf(() => {
        asked += 1;
        return Promise.resolve(tokens.at(-1) ?? '');
      }),
      onError: (error) => errors.push(error),
    });
    const first = identity.current;
    await setTimeout(1_600);
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(10);
    expect(errors).toEqual([]);
    tokens.push(await expiringIn(60));
    await setTimeout(300);
    expect(identity.current.expiresAtMs).toBeGreaterThan(first.expiresAtMs);
  });

  it('comes back after a failure, and forgets the error', async () => {
    let healthy = true;
    using identity = await createRenewingIdentity(
      optionsOf(() => (healthy ? expiringIn(0.2) : Promise.reject(new Error('away')))),
    );
    healthy = false;
    await setTimeout(1_300);
    expect(identity.lastError).toEqual(ourError('TOKEN_SOURCE_FAILED', /away/));
    expect(identity.current.expiresAtMs).toBeLessThan(Date.now());
    healthy = true;
    await setTimeout(300);
    expect(identity.lastError).toBeUndefined();
    expect(identity.current.expiresAtMs).toBeGreaterThan(Date.now());
  });

  it('does not wait for a source that never answers', async () => {
    const hanging = { ...optionsOf(() => new Promise(() => undefined)), timeoutMs: 200 };
    await expect(createRenewingIdentity(hanging)).rejects.toEqual(ourError('TOKEN_SOURCE_FAILED', /within 200 ms/));
  });

  it('asks no more once it is closed, and aborts what it had asked for', async () => {
    let asked = 0;
    let aborted = false;
    const identity = await createRenewingIdentity(
      optionsOf((signal) => {
        asked += 1;
        if (asked === 1) return expiringIn(0.2);
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            aborted = true;
            reject(new Error('aborted'));
          });
        });
      }),
    );
    await setTimeout(1_200);
    identity.close();
    expect([asked, aborted]).toEqual([2, true]);
    await setTimeout(300);
    expect(asked).toBe(2);
    expect(identity.lastError).toBeUndefined();
  });

  it('goes on when a listener throws', async () => {
    let told = 0;
    const warned = new Promise((resolve) => process.once('warning', resolve));
    using identity = await createRenewingIdentity({
      ...optionsOf(() => expiringIn(0.1)),
      onRenewed: () => {
        told += 1;
        throw new Error('a bug of the listener');
      },
    });
    await expect(warned).resolves.toMatchObject({ message: expect.stringMatching(/a bug of the listener/) as string });
    await vi.waitFor(() => expect(told).toBeGreaterThan(1), { timeout: 10_000 });
    expect(identity.lastError).toBeUndefined();
  });
});
