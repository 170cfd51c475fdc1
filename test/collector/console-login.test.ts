import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Collector, createCollector } from '../../src/collector/index.js';
import { createTokenVerifier } from '../../src/identity/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';
import { findChromium, startChromium } from '../browser/index.js';
import { createLoginProvider } from '../issuer/login-provider.js';
import { openPage } from './console-page.js';
import { postRecords, sampleRecord } from './console-records.js';

const AUDIENCE = 'urn:countersign:console';
const WRITER = 'a-token-that-only-may-write';
const found = await findChromium();
const isHere = 'path' in found;

let browser: Browser | undefined;
beforeAll(async () => {
  if (isHere) browser = await startChromium(found.path);
});
afterAll(() => browser?.close());

/** A collector, and the issuer at which people log in. */
async function start(): Promise<Collector> {
  let answer: RequestListener = () => undefined;
  const server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterThisTest(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const collector = await createCollector({
    ...{ directory: temporaryDirectory(), writerTokens: [WRITER] },
    oidc: {
      verifier: createTokenVerifier({ issuer, audience: AUDIENCE, algorithms: ['ES256'] }),
      roles: { auditor: ['auditors'] },
      login: { issuer, clientId: 'console', resource: AUDIENCE },
    },
  });
  afterThisTest(() => collector.close());
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  answer = await createLoginProvider({
    ...{ issuer, audience: AUDIENCE, clientId: 'console', redirectUri: `${collector.url}/` },
    ...{ subject: 'carol', groups: ['auditors'] },
    key: { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' },
  });
  return collector;
}

test.runIf(isHere)(
  'people log in at their issuer, come back to where they were, and have the roles of their groups',
  async () => {
    const { url } = await start();
    await postRecords(url, WRITER, [sampleRecord(1, Date.now())]);
    const page = await openPage(browser as Browser, `${url}/#/search?operation=INSERT`, { allowed: /401|403/ });
    await page.getByRole('button', { name: /^Log in at 127/ }).click();
    await page.getByRole('heading', { name: 'Search' }).waitFor();
    expect(page.url()).toBe(`${url}/#/search?operation=INSERT`);
    await page.getByText('Nothing fits.').or(page.locator('.rows a')).first().waitFor();
    await page.goto(`${url}/#/approvals`);
    await page.getByText('carol may not: the role approver is needed').waitFor();
  },
);

test.runIf(isHere)('an answer that was not asked for logs nobody in', async () => {
  const { url } = await start();
  const page = await openPage(browser as Browser, `${url}/?code=stolen&state=made-up`, { allowed: /401/ });
  await page.getByText('This log-in was not begun here.').waitFor();
  expect(page.url()).toBe(`${url}/`);
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});
