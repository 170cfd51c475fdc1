import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { type Collector, createCollector } from '../../src/collector/index.js';
import { afterThisTest, temporaryDirectory } from '../audit/trail-fixtures.js';

const TOKEN = 'a-token-that-opens-every-route';

async function start(): Promise<Collector> {
  const collector = await createCollector({ directory: temporaryDirectory(), tokens: [TOKEN] });
  afterThisTest(() => collector.close());
  return collector;
}

/** The paths of the page and of all that it loads, and what that loads. */
async function loadedPaths(url: string): Promise<ReadonlySet<string>> {
  const paths = new Set(['/']);
  for (const path of paths) {
    const text = await (await fetch(url + path)).text();
    for (const [, named = ''] of text.matchAll(/(?:src|href)="([^"#]+)"|from '(\.[^']+)'/g)) paths.add(named);
    for (const [, named = ''] of text.matchAll(/from '\.\/([^']+)'/g)) paths.add(`/console/${named}`);
    paths.delete('');
  }
  return paths;
}

/** Asks for a path as it stands: fetch would tidy it up. */
function statusOf(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}

test('the page and all that it loads are open to anybody, and may load nothing from elsewhere', async () => {
  const { url } = await start();
  const paths = await loadedPaths(url);
  expect(paths.size).toBeGreaterThan(30);
  for (const path of paths) {
    const answer = await fetch(url + path);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    const policy = answer.headers.get('content-security-policy')?.split('; ');
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy?.join()).not.toContain('unsafe');
    await answer.arrayBuffer();
  }
});

test('no file of the page makes markup of text, or has a style or a script of its own', async () => {
  const { url } = await start();
  for (const path of await loadedPaths(url)) {
    const text = await (await fetch(url + path)).text();
    expect(text, path).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextualFragment/,
    );
    if (path === '/') expect(text).not.toMatch(/<script>|<style|style=|\son\w+=/);
  }
});

test('the files are read only, and no path leads out of them', async () => {
  const { url } = await start();
  for (const path of ['/', '/console/main.js'])
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await fetch(url + path, { method })).status, `${method} ${path}`).toBe(404);
  const outside = [
    '/console/../package.json',
    '/console/..%2fpackage.json',
    '/console/%2e%2e/package.json',
    '/console//etc/passwd',
    '/console/..\\package.json',
  ];
  for (const path of [
    ...outside,
    '/package.json',
    '/console/tsconfig.json',
    '/console/uplot.d.ts',
    '/console/main.js/',
    '/console/index.html',
    '/console/.',
  ])
    expect(await statusOf(url, path), path).toBe(404);
});

test('a browser that has a file is not sent it again, and one that takes gzip gets it so', async () => {
  const { url } = await start();
  const first = await fetch(`${url}/console/uplot.js`, { headers: { 'accept-encoding': 'identity' } });
  const etag = first.headers.get('etag') ?? '';
  expect(first.headers.get('content-encoding')).toBeNull();
  expect((await fetch(`${url}/console/uplot.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const { hostname, port } = new URL(url);
  const zipped = await new Promise<Buffer>((resolve) => {
    request({ hostname, port, path: '/console/uplot.js', headers: { 'accept-encoding': 'gzip, br' } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    }).end();
  });
  expect(gunzipSync(zipped).toString()).toBe(await first.text());
  expect(zipped.length).toBeLessThan(60_000);
});

test('nobody who looks at the page is noted, and it holds no data', async () => {
  const { url } = await start();
  await fetch(`${url}/?code=a&state=b`);
  expect(await (await fetch(`${url}/console/config.json`)).json()).toEqual({ login: null });
  const answer = await fetch(`${url}/v1/accesses`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(((await answer.json()) as { accesses: unknown[] }).accesses).toHaveLength(1);
});
