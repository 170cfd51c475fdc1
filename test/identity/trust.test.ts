/** What a verifier believes, to the second and to the byte. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTokenVerifier, type IssuerOptions, type TokenVerifier } from '../../src/identity/index.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';
import { ourError } from './error-matcher.js';
import { forgeToken } from './forged-token.js';

let issuer: TestIssuer;
let other: TestIssuer;
beforeAll(async () => {
  [issuer, other] = await Promise.all([startIssuer([]), startIssuer([])]);
});
afterAll(() => Promise.all([issuer.stop(), other.stop()]));

const verifierOf = (options: Partial<IssuerOptions> = {}): TokenVerifier =>
  createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, ...options });

const publicKeyOf = (source: TestIssuer): Record<string, unknown> => {
  const { kty, crv, x, y, kid } = source.signingKey();
  return { kty, crv, x, y, kid };
};

describe('the clock tolerance', () => {
  const EXP = 2_000_000_000;
  const at = (ms: number): void => {
    vi.useFakeTimers({ toFake: ['Date'], now: ms });
  };
  afterEach(() => vi.useRealTimers());

  it('lets a token live until its last millisecond, and its identity as long', async () => {
    at(EXP * 1000 - 1000);
    const token = await forgeToken(issuer, { exp: EXP });
    const verifier = verifierOf({ clockToleranceSeconds: 7 });
    at((EXP + 7) * 1000 - 1);
    await expect(verifier.verify(token)).resolves.toMatchObject({ expiresAtMs: (EXP + 7) * 1000 });
    at((EXP + 7) * 1000);
    await expect(verifier.verify(token)).rejects.toEqual(ourError('TOKEN_INVALID', /expired at 2033-05-18/));
  });

  it('lets a token begin early by as much and no more', async () => {
    at(EXP * 1000 - 8000);
    const token = await forgeToken(issuer, { nbf: EXP, exp: EXP + 60 });
    const verifier = verifierOf({ clockToleranceSeconds: 7 });
    at((EXP - 7) * 1000 - 1);
    await expect(verifier.verify(token)).rejects.toEqual(ourError('TOKEN_INVALID', /not valid yet/));
    at((EXP - 7) * 1000);
    await expect(verifier.verify(token)).resolves.toMatchObject({ subject: 'x' });
  });

  it.each([-1, 301, Number.NaN])('cannot be %d seconds', (clockToleranceSeconds) => {
    expect(() => verifierOf({ clockToleranceSeconds })).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });
});

describe('several issuers', () => {
  it('are each believed for their own tokens only', async () => {
    const verifier = createTokenVerifier({
      issuers: [issuer, other].map(({ issuer: name, audience }) => ({ issuer: name, audience })),
    });
    for (const each of [issuer, other]) {
      await expect(verifier.verify(await forgeToken(each))).resolves.toMatchObject({ issuer: each.issuer });
    }
    const impostor = await forgeToken(other, { iss: issuer.issuer }, { kid: String(issuer.signingKey()['kid']) });
    await expect(verifier.verify(impostor)).rejects.toEqual(ourError('TOKEN_INVALID', /signature/));
  });

  it('are each named once', () => {
    const twice = { issuer: issuer.issuer, audience: 'a' };
    expect(() => createTokenVerifier({ issuers: [twice, twice] })).toThrow(/each issuer once/);
  });
});

describe('local keys', () => {
  it('verify without asking anybody', async () => {
    const verifier = verifierOf({ issuer: 'urn:local', keys: { keys: [publicKeyOf(issuer)] } });
    const before = issuer.requestCount('/jwks');
    await expect(verifier.verify(await forgeToken(issuer, { iss: 'urn:local' }))).resolves.toMatchObject({
      subject: 'x',
    });
    expect(issuer.requestCount('/jwks')).toBe(before);
  });

  it('are public: a private or a shared key is refused', () => {
    for (const key of [issuer.signingKey(), { kty: 'oct', k: 'c2VjcmV0' }]) {
      expect(() => verifierOf({ keys: { keys: [{ ...key }] } })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      );
    }
  });
});

describe('a token', () => {
  it.each(['JWT', 'at+jwt', 'application/AT+JWT'])('may be of the type %s', async (typ) => {
    await expect(verifierOf().verify(await forgeToken(issuer, {}, { typ }))).resolves.toMatchObject({ subject: 'x' });
  });

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt'])('made for another purpose is refused: %s', async (typ) => {
    await expect(verifierOf().verify(await forgeToken(issuer, {}, { typ }))).rejects.toEqual(
      ourError('TOKEN_INVALID', /no access token/),
    );
  });

  it.each(['iss', 'sub', 'aud', 'exp'])('without %s is refused', async (claim) => {
    await expect(verifierOf().verify(await forgeToken(issuer, { [claim]: undefined }))).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
      message: expect.stringContaining(`claim ${claim} is missing`) as string,
    });
  });

  it('that demands an extension nobody knows is refused', async () => {
    const [header = '', ...rest] = (await forgeToken(issuer)).split('.');
    const parsed = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const critical = Buffer.from(JSON.stringify({ ...parsed, crit: ['b65'], b65: true })).toString('base64url');
    await expect(verifierOf().verify([critical, ...rest].join('.'))).rejects.toEqual(ourError('TOKEN_INVALID', /b65/));
  });

  it('over 64 KiB is refused unread', async () => {
    await expect(verifierOf().verify('x'.repeat(65_537))).rejects.toMatchObject({
      message: expect.stringMatching(/longer than 65536/) as string,
    });
  });

  it('that was changed in one character is refused', async () => {
    const token = await forgeToken(issuer);
    const end = token.lastIndexOf('.') + 10;
    const changed = token.slice(0, end) + (token[end] === 'A' ? 'B' : 'A') + token.slice(end + 1);
    await expect(verifierOf().verify(changed)).rejects.toEqual(ourError('TOKEN_INVALID', /signature/));
  });

  it('may hold its groups in one text, and each claim under another name', async () => {
    const claims = { name: 'display', groups: 'roles', model: 'llm', task: 'ticket', purpose: 'use' };
    const token = await forgeToken(issuer, {
      display: 'D',
      roles: 'a  b',
      llm: 'm',
      ticket: 'T-9',
      use: 'billing',
      name: 'no',
      groups: ['no'],
    });
    await expect(verifierOf({ claims }).verify(token)).resolves.toMatchObject({
      name: 'D',
      groups: ['a', 'b'],
      model: 'm',
      taskId: 'T-9',
      purpose: 'billing',
    });
  });

  it.each([
    ['a list with a number', { groups: ['a', 1] }],
    ['authorization details that are no list', { authorization_details: {} }],
    ['an authorization detail without a type', { authorization_details: [{ actions: ['read'] }] }],
    ['an authorization without actions', { authorization_details: [{ type: 'countersign_sql' }] }],
    [
      'an authorization that narrows in an unknown way',
      { authorization_details: [{ type: 'countersign_sql', actions: ['read'], rows: 5 }] },
    ],
    [
      'an authorization for a table without a schema',
      { authorization_details: [{ type: 'countersign_sql', actions: ['read'], tables: ['orders'] }] },
    ],
    ['an actor that is a text', { act: 'alice' }],
    ['an actor without a subject', { act: { iss: 'x' } }],
    ['a direction override', { name: 'a\u202eb' }],
    ['half a character', { name: 'a\ud800' }],
    ['an empty subject', { sub: '' }],
    ['an end that is no date', { exp: 1e300 }],
  ])('with %s is refused', async (_what, claims) => {
    await expect(verifierOf().verify(await forgeToken(issuer, claims))).rejects.toMatchObject({
      code: 'TOKEN_INVALID',
    });
  });
});

async function withServer(listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await run(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the keys of an issuer', () => {
  it('are fetched once for many tokens, and not again for each forged key id', async () => {
    const verifier = verifierOf();
    const before = issuer.requestCount('/jwks');
    const token = await forgeToken(issuer);
    await Promise.all([token, token, token].map((each) => verifier.verify(each)));
    for (const kid of ['1', '2', '3']) {
      await expect(verifier.verify(await forgeToken(issuer, {}, { kid }))).rejects.toMatchObject({
        code: 'TOKEN_INVALID',
      });
    }
    expect(issuer.requestCount('/jwks')).toBe(before + 1);
  });

  it.each<[string, RegExp, RequestListener]>([
    ['garbage', /without a JWK set/, (_request, response) => response.end('<html>')],
    ['no key set', /cannot be used: JSON Web Key Set malformed/, (_request, response) => response.end('{"keys":7}')],
    [
      'a redirect',
      /gave no answer: unexpected redirect/,
      (_request, response) => response.writeHead(302, { location: `${issuer.issuer}/jwks` }).end(),
    ],
    [
      'more than a mebibyte',
      /more than 1048576 bytes/,
      (_request, response) => response.end(JSON.stringify({ keys: [publicKeyOf(issuer)] }) + ' '.repeat(1 << 20)),
    ],
    [
      'half an answer',
      /no answer/,
      (_request, response) => response.writeHead(200, { 'content-length': 99 }).end('{', () => response.destroy()),
    ],
    [
      'headers and then nothing',
      /no answer within 300 ms/,
      (_request, response) => void response.writeHead(200).write('{'),
    ],
  ])('are not taken from an answer of %s', async (_what, message, listener) => {
    await withServer(listener, async (url) => {
      const verifier = verifierOf({ jwksUri: `${url}/jwks`, timeoutMs: 300 });
      await expect(verifier.verify(await forgeToken(issuer))).rejects.toEqual(ourError('ISSUER_UNREACHABLE', message));
    });
  });

  it('are not taken from where the metadata of another issuer says', async () => {
    const metadata = JSON.stringify({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/jwks` });
    const listener: RequestListener = (_request, response) => response.end(metadata);
    await withServer(listener, async (url) => {
      const token = await forgeToken(issuer, { iss: url });
      const refused = verifierOf({ issuer: url }).verify(token);
      await expect(refused).rejects.toEqual(ourError('ISSUER_UNREACHABLE', /is the metadata of/));
    });
  });

  it.each(['http://keys.example/jwks', 'https://user:password@keys.example/jwks', 'keys'])(
    'are not asked for at %s',
    (jwksUri) => {
      expect(() => verifierOf({ jwksUri })).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    },
  );
});
