import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  clientCredentials,
  createRenewingIdentity,
  createTokenVerifier,
  staticToken,
  type TokenVerifier,
} from '../../src/identity/index.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';

let issuer: TestIssuer;
afterEach(() => issuer.stop());

async function start(
  ttlSeconds: number,
): Promise<{ verifier: TokenVerifier; source: ReturnType<typeof clientCredentials> }> {
  issuer = await startIssuer([{ clientId: 'agent', clientSecret: 's', ttlSeconds }]);
  return {
    verifier: createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, clockToleranceSeconds: 0 }),
    source: clientCredentials({ tokenEndpoint: issuer.tokenEndpoint, clientId: 'agent', clientSecret: 's' }),
  };
}

describe('a renewing identity', () => {
  it('is renewed before it expires', async () => {
    const identity = await createRenewingIdentity(await start(2));
    const first = identity.current;
    for (let time = 0; time < 30; time += 1) {
      expect(identity.current.expiresAtMs).toBeGreaterThan(Date.now());
      await setTimeout(100);
    }
    expect(identity.current.tokenId).not.toBe(first.tokenId);
    identity.close();
  });

  it('keeps the old identity while renewal fails, until that has expired', async () => {
    const errors: unknown[] = [];
    const identity = await createRenewingIdentity({ ...(await start(2)), onError: (error) => errors.push(error) });
    const first = identity.current;
    await issuer.stop();
    await setTimeout(2_300);
    expect(identity.current).toBe(first);
    expect(first.expiresAtMs).toBeLessThan(Date.now());
    expect(errors.length).toBeGreaterThan(0);
    expect(identity.lastError).toMatchObject({ code: 'TOKEN_SOURCE_FAILED' });
    identity.close();
  });

  it('does not begin without a valid token', async () => {
    const { verifier } = await start(60);
    await expect(createRenewingIdentity({ verifier, source: staticToken('no token') })).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    });
  });
});
