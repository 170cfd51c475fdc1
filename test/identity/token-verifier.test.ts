import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, clientCredentials, type Identity, type TokenVerifier } from '../../src/identity/index.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';
import { ourError } from './error-matcher.js';
import { forgeToken } from './forged-token.js';

const SECRET = 'a secret';
let issuer: TestIssuer;
let verifier: TokenVerifier;

beforeAll(async () => {
  issuer = await startIssuer([
    {
      clientId: 'agent-7',
      clientSecret: SECRET,
      claims: {
        name: 'Seven',
        groups: ['a', 'b'],
        model: 'm-1',
        task: 'T-1',
        act: { sub: 'alice', act: { sub: 'bob' } },
      },
    },
  ]);
  verifier = createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, cooldownMs: 0 });
});
afterAll(() => issuer.stop());

const source = (clientSecret = SECRET): { getToken: () => Promise<string> } =>
  clientCredentials({ tokenEndpoint: issuer.tokenEndpoint, clientId: 'agent-7', clientSecret });

const now = (): number => Math.floor(Date.now() / 1000);

const forge = (claims: JWTPayload, header?: Record<string, unknown>): Promise<string> =>
  forgeToken(issuer, claims, header);

const refused = (message: RegExp): unknown => ourError('TOKEN_INVALID', message);

describe('the token verifier', () => {
  it('maps a token of a real issuer to an identity', async () => {
    const identity = await verifier.verify(await source().getToken());
    expect(identity).toMatchObject({
      subject: 'agent-7',
      issuer: issuer.issuer,
      name: 'Seven',
      groups: ['a', 'b'],
      actor: ['alice', 'bob'],
      model: 'm-1',
      taskId: 'T-1',
    });
    expect(identity.tokenId).toMatch(/./);
    expect(identity.expiresAtMs).toBeGreaterThan(Date.now() + 500_000);
    expect(Object.isFrozen(identity)).toBe(true);
  });

  it('refuses an expired token, and allows the clock tolerance exactly', async () => {
    await expect(verifier.verify(await forge({ exp: now() - 30 }))).rejects.toEqual(refused(/expired/));
    const identity = await verifier.verify(await forge({ exp: now() - 2 }));
    expect(identity.expiresAtMs).toBeGreaterThan(Date.now());
    expect(identity.expiresAtMs).toBeLessThan(Date.now() + 5_000);
  });

  it('refuses a token that has been revoked, and one of which that cannot be told', async () => {
    const gone = new Set<string>();
    const asked: (string | undefined)[] = [];
    const check = async ({ tokenId = '' }: Identity, token: string | undefined): Promise<boolean> => {
      asked.push(token);
      if (gone.has('the list')) throw new Error('the list is away');
      if (gone.has('time')) await new Promise(() => undefined);
      return gone.has(tokenId);
    };
    const { issuer: name, audience } = issuer;
    const checking = createTokenVerifier({ issuer: name, audience, timeoutMs: 200, isRevoked: check });
    const token = await source().getToken();
    const { tokenId = '' } = await checking.verify(token);
    gone.add(tokenId);
    await expect(checking.verify(token)).rejects.toEqual(refused(/has been revoked/));
    await expect(checking.verify(await source().getToken())).resolves.toMatchObject({ subject: 'agent-7' });
    gone.add('time');
    await expect(checking.verify(token)).rejects.toEqual(ourError('ISSUER_UNREACHABLE', /cannot be told: no answer/));
    gone.add('the list');
    await expect(checking.verify(token)).rejects.toEqual(ourError('ISSUER_UNREACHABLE', /cannot be told/));
    // Only of a token that is good otherwise.
    const before = asked.length;
    await expect(checking.verify(await forge({ exp: now() - 30 }))).rejects.toEqual(refused(/expired/));
    expect(asked).toHaveLength(before);
  });

  it('refuses a token that is not valid yet, and allows the clock tolerance', async () => {
    await expect(verifier.verify(await forge({ nbf: now() + 30 }))).rejects.toEqual(refused(/not valid yet/));
    await expect(verifier.verify(await forge({ nbf: now() + 2 }))).resolves.toMatchObject({ subject: 'x' });
  });

  it('refuses a token for another audience or of another issuer', async () => {
    await expect(verifier.verify(await forge({ aud: 'urn:other' }))).rejects.toEqual(
      refused(/not for the audience urn:countersign/),
    );
    await expect(verifier.verify(await forge({ iss: 'https://other.example' }))).rejects.toEqual(
      refused(/its issuer is not/),
    );
  });

  it('refuses a token without a signature', async () => {
    const claims = { sub: 'x', iss: issuer.issuer, aud: issuer.audience, exp: now() + 60 };
    await expect(verifier.verify(new UnsecuredJWT(claims).encode())).rejects.toEqual(refused(/./));
  });

  it('refuses algorithm confusion: HS256 with the public key as the secret', async () => {
    const jwk = issuer.signingKey();
    const publicKey: KeyObject = createPublicKey({ key: jwk, format: 'jwk' });
    const publicJwk = publicKey.export({ format: 'jwk' });
    for (const secret of [publicKey.export({ type: 'spki', format: 'pem' }), JSON.stringify(publicJwk)]) {
      const token = await new SignJWT({ sub: 'x', iss: issuer.issuer, aud: issuer.audience, exp: now() + 60 })
        .setProtectedHeader({ alg: 'HS256', kid: jwk['kid'] as string })
        .sign(Buffer.from(secret));
      await expect(verifier.verify(token)).rejects.toEqual(refused(/algorithm/));
    }
  });

  it('cannot be told to accept none or a shared secret', () => {
    for (const algorithm of ['none', 'HS256']) {
      const algorithms = [algorithm as 'ES256'];
      expect(() => createTokenVerifier({ issuer: issuer.issuer, audience: 'a', algorithms })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
    }
  });

  it('refuses a key that the issuer does not publish', async () => {
    await expect(verifier.verify(await forge({}, { kid: 'unknown' }))).rejects.toEqual(refused(/does not publish/));
  });

  it('refuses claims that are missing, of another type, over-long or with control characters', async () => {
    await expect(verifier.verify(await forge({ sub: undefined as never }))).rejects.toEqual(refused(/sub is missing/));
    await expect(verifier.verify(await forge({ exp: undefined as never }))).rejects.toEqual(refused(/exp is missing/));
    await expect(verifier.verify(await forge({ name: 7 }))).rejects.toEqual(refused(/name is not a text/));
    await expect(verifier.verify(await forge({ name: 'x'.repeat(1025) }))).rejects.toEqual(refused(/name is longer/));
    await expect(verifier.verify(await forge({ sub: 'a\u001b[31m' }))).rejects.toEqual(refused(/control characters/));
    await expect(verifier.verify(await forge({ groups: { a: 1 } }))).rejects.toEqual(refused(/groups/));
    let act: unknown = { sub: 'deep' };
    for (let depth = 0; depth < 20; depth += 1) act = { sub: 'deeper', act };
    await expect(verifier.verify(await forge({ act }))).rejects.toEqual(refused(/nested deeper/));
  });

  it('refuses a token that lives too long, where that is limited', async () => {
    const strict = createTokenVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      maxTokenLifetimeSeconds: 30,
    });
    await expect(strict.verify(await forge({}))).rejects.toEqual(refused(/at most 30 seconds/));
    await expect(strict.verify(await forge({ exp: now() + 20 }))).resolves.toBeDefined();
  });

  it('gives nothing but its own errors for garbage, and never repeats the token', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((p) => p.join('.')),
        ),
        async (garbage) => {
          const error: unknown = await verifier.verify(garbage).catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: 'TOKEN_INVALID' });
          if (garbage.length > 8) expect((error as Error).message).not.toContain(garbage);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('follows a key rotation, and refuses the withdrawn key', async () => {
    const fresh = createTokenVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      cooldownMs: 0,
      cacheMaxAgeMs: 300,
    });
    const old = await source().getToken();
    await fresh.verify(old);
    issuer.rotateKey();
    await expect(fresh.verify(await source().getToken())).resolves.toMatchObject({ subject: 'agent-7' });
    await new Promise((resolve) => setTimeout(resolve, 350));
    await expect(fresh.verify(old)).rejects.toEqual(refused(/does not publish/));
  });

  it('says what is wrong with the credentials', async () => {
    await expect(source('wrong').getToken()).rejects.toMatchObject({
      code: 'TOKEN_SOURCE_FAILED',
      message: expect.stringContaining('invalid_client') as string,
    });
  });
});

describe('an issuer that cannot be asked', () => {
  async function withIssuer(listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const unreachable = expect.objectContaining({ code: 'ISSUER_UNREACHABLE' }) as unknown;

  it('makes every token fail, and is asked again later', async () => {
    const nobody = 'http://127.0.0.1:9';
    const closed = createTokenVerifier({ issuer: nobody, audience: issuer.audience });
    const token = await forge({ iss: nobody });
    for (let time = 0; time < 2; time += 1) await expect(closed.verify(token)).rejects.toEqual(unreachable);
  });

  it('may hang, answer garbage, or be somebody else', async () => {
    const cases: RequestListener[] = [
      () => undefined,
      (_request, response) => response.end('<html>'),
      (_request, response) => response.writeHead(500).end(),
      (_request, response) =>
        response.end(JSON.stringify({ issuer: 'https://other.example', jwks_uri: 'https://other.example/k' })),
    ];
    for (const listener of cases) {
      await withIssuer(listener, async (url) => {
        for (const options of [{}, { jwksUri: `${url}/jwks` }]) {
          const asking = createTokenVerifier({ issuer: url, audience: 'a', timeoutMs: 200, ...options });
          await expect(asking.verify(await forge({ iss: url }))).rejects.toEqual(unreachable);
        }
      });
    }
  });

  it('has to be asked over HTTPS, except on loopback', () => {
    expect(() => createTokenVerifier({ issuer: 'http://login.example', audience: 'a' })).toThrow(/HTTPS/);
  });
});
