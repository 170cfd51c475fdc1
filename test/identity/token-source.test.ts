import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientCredentials, createTokenVerifier, tokenFile, tokenFunction } from '../../src/identity/index.js';
import { startIssuer, type TestIssuer } from '../issuer/index.js';
import { ourError } from './error-matcher.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SECRET = 'a secret: with +, %, &, * and ~';
let issuer: TestIssuer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-token-'));
  issuer = await startIssuer([
    { clientId: 'basic client', clientSecret: SECRET },
    { clientId: 'post', clientSecret: SECRET, authentication: 'client_secret_post' },
    { clientId: 'key', clientSecret: '', publicKey: { ...publicKey.export({ format: 'jwk' }), kid: 'k' } },
  ]);
});
afterAll(async () => {
  await issuer.stop();
  await rm(folder, { recursive: true });
});

describe('the client credentials grant', () => {
  const failed = (message: RegExp): unknown => ourError('TOKEN_SOURCE_FAILED', message);

  it.each([
    { clientId: 'basic client', clientSecret: SECRET },
    { clientId: 'post', clientSecret: SECRET, authentication: 'client_secret_post' as const },
    { clientId: 'key', privateKey: { key: privateKey, algorithm: 'ES256' as const, keyId: 'k' } },
  ])('signs in as $clientId at the endpoint that the issuer names', async (client) => {
    const verifier = createTokenVerifier({ issuer: issuer.issuer, audience: 'urn:other' });
    const source = clientCredentials({ issuer: issuer.issuer, resource: 'urn:other', ...client });
    await expect(verifier.verify(await source.getToken())).resolves.toMatchObject({ subject: client.clientId });
  });

  it('says that the secret is wrong, and does not repeat it', async () => {
    const source = clientCredentials({ issuer: issuer.issuer, clientId: 'post', clientSecret: 'wrong-secret' });
    const error: unknown = await source.getToken().catch((reason: unknown) => reason);
    expect(error).toEqual(failed(/"post" was refused by .*HTTP 401: "invalid_client"/));
    expect(String(error)).not.toContain('wrong-secret');
  });

  it.each<[string, RegExp, RequestListener]>([
    ['hangs', /within 200 ms/, () => undefined],
    ['answers garbage', /no access_token/, (_request, response) => response.end('hello')],
    [
      'gives a bound token',
      /type "DPoP"/,
      (_request, response) => response.end('{"access_token":"x","token_type":"DPoP"}'),
    ],
    ['fails', /HTTP 503/, (_request, response) => response.writeHead(503).end()],
    [
      'sends the secret elsewhere',
      /gave no answer/,
      (_request, response) => response.writeHead(307, { location: '/' }).end(),
    ],
  ])('fails where the endpoint %s', async (_what, message, listener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const tokenEndpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/token`;
    const source = clientCredentials({ tokenEndpoint, clientId: 'a', clientSecret: 'b', timeoutMs: 200 });
    await expect(source.getToken()).rejects.toEqual(failed(message));
    server.closeAllConnections();
    server.close();
  });

  it('ends when it is no longer wanted', async () => {
    const source = clientCredentials({ issuer: issuer.issuer, clientId: 'post', clientSecret: SECRET });
    await expect(source.getToken(AbortSignal.abort())).rejects.toEqual(failed(/aborted/));
  });

  it('needs one endpoint, over HTTPS, and one kind of credentials', () => {
    const options = { clientId: 'a', clientSecret: 'b' };
    for (const wrong of [
      options,
      { ...options, tokenEndpoint: 'http://login.example/token' },
      { clientId: 'a', issuer: 'https://a.example' },
    ]) {
      expect(() => clientCredentials(wrong)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    }
  });
});

describe('a token file', () => {
  it('is read anew each time, without the white space around the token', async () => {
    const path = join(folder, 'token');
    const source = tokenFile(path);
    for (const token of ['first', 'second']) {
      await writeFile(path, `${token}\n`);
      await expect(source.getToken()).resolves.toBe(token);
    }
  });

  it('that is missing or empty is named', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, ' \n');
    await expect(tokenFile(path).getToken()).rejects.toEqual(ourError('TOKEN_SOURCE_FAILED', /empty is empty/));
    await expect(tokenFile(join(folder, 'none')).getToken()).rejects.toEqual(ourError('TOKEN_SOURCE_FAILED', /ENOENT/));
  });
});

describe('a token function', () => {
  it('that throws is a source that failed, with the reason as its cause', async () => {
    const reason = new RangeError('metadata service is away');
    const source = tokenFunction(() => {
      throw reason;
    });
    const error: unknown = await source.getToken().catch((failure: unknown) => failure);
    expect(error).toEqual(ourError('TOKEN_SOURCE_FAILED', /is away/));
    expect(error).toHaveProperty('cause', reason);
  });
});
