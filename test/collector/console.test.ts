import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createCollector, type Collector } from '../../src/collector/index.js';
import { findChromium, startChromium } from '../browser/index.js';
import { axeFindings, isTooWide, type Look, openPage, settled } from './console-page.js';
import {
  approvalRequest,
  filmRecords,
  postRecords,
  sampleRecord,
  sampleRecords,
  sendTrail,
} from './console-records.js';

const TOKEN = 'a-token-that-opens-every-route';
const WRITER = 'a-token-that-only-may-write';
const PICTURES = process.env['COUNTERSIGN_CONSOLE_PICTURES'];
const PAGES = [
  'overview',
  'search',
  'live',
  'sessions',
  'approvals',
  'chain',
  'session/film',
  'search?open=record-11-film',
  'record/record-11-film',
];

const found = await findChromium();
const isHere = 'path' in found;
if (!isHere) process.stderr.write(`the console is not tried: ${found.missing}\n`);

let browser: Browser;
let collector: Collector;
const directory = mkdtempSync(join(tmpdir(), 'countersign-console-'));

beforeAll(async () => {
  if (!isHere) return;
  const rules = { 'two-people': { approvals: 2 } };
  collector = await createCollector({ directory, tokens: [TOKEN], writerTokens: [WRITER], approvals: { rules } });
  const now = Date.now();
  await sendTrail(collector.url, WRITER);
  await postRecords(collector.url, WRITER, sampleRecords(now));
  await postRecords(collector.url, WRITER, filmRecords(now));
  browser = await startChromium(found.path);
});

afterAll(async () => {
  await browser?.close();
  await collector?.close();
  rmSync(directory, { recursive: true, force: true });
});

const open = (place: string, look: Look = {}): Promise<Page> =>
  openPage(browser, `${collector.url}/#/${place}`, { token: TOKEN, ...look });

async function askApproval(text: string, rule?: string): Promise<string> {
  const request = approvalRequest({ text, ...(rule !== undefined && { rule }) });
  const headers = { authorization: `Bearer ${WRITER}`, 'content-type': 'application/json' };
  const answer = await fetch(`${collector.url}/v1/approvals`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  expect(answer.status).toBe(200);
  return request.id;
}

async function statusOf(id: string): Promise<{ status: string; votes: { reason: string | null }[] }> {
  const answer = await fetch(`${collector.url}/v1/approvals/${id}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  return (await answer.json()) as Awaited<ReturnType<typeof statusOf>>;
}

test.runIf(isHere && PICTURES !== undefined)(
  'pictures for the docs',
  async () => {
    const waiting: string[] = [];
    for (const text of [
      'DELETE FROM orders WHERE customer_id = ? AND status = ?',
      'DELETE FROM carts WHERE updated_at < ?',
    ])
      waiting.push(await askApproval(text));
    for (const [colorScheme, width, height] of [
      ['light', 1360, 850],
      ['dark', 1360, 850],
      ['light', 360, 740],
    ] as const) {
      for (const place of PAGES) {
        const page = await open(place, { colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
        await settled(page);
        if (place.startsWith('session/')) await page.keyboard.press('n');
        await page.waitForTimeout(150);
        const name = `${place.replace(/\W+.*/, '')}${place.includes('open=') ? '-record' : ''}-${width < 400 ? 'small' : colorScheme}`;
        await page.screenshot({ path: join(PICTURES ?? '', `${name}.png`) });
        await page.context().close();
      }
    }
    const headers = { authorization: `Bearer ${WRITER}` };
    for (const id of waiting) await fetch(`${collector.url}/v1/approvals/${id}/cancel`, { method: 'POST', headers });
  },
  120_000,
);

describe.runIf(isHere)('the console', () => {
  test('lets in who has a token, and says so where it is wrong', async () => {
    const page = await openPage(browser, `${collector.url}/`, { allowed: /401/ });
    await page.getByLabel('Access token').fill('a-token-that-is-none');
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByText('The collector does not know this token.').waitFor();
    expect(await axeFindings(page, axe.source)).toEqual([]);
    await page.getByLabel('Access token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, '']);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Access token').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('says what a token may not see', async () => {
    const page = await open('search', { token: WRITER, allowed: /403/ });
    await page.getByText('the role auditor is needed').waitFor();
  });

  test('finds records by filters and words, keeps them in the address, and goes on', async () => {
    const page = await open('search');
    await page.locator('.rows a').first().waitFor();
    expect(await page.locator('.rows a').count()).toBe(50);
    await page.getByRole('button', { name: 'More' }).click();
    await expect.poll(() => page.locator('.rows a').count()).toBe(100);
    await page.getByLabel('Search the records').fill('agent:cleanup-agent status:denied orders');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('#/search?agent=cleanup-agent&status=denied&text=orders');
    await page.locator('.rows .badge', { hasText: 'denied' }).first().waitFor();
    expect(await page.locator('.rows a', { hasNotText: 'cleanup-agent' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByLabel('Name of this search').fill('Refused clean-up');
    await page.keyboard.press('Enter');
    await page.goto(`${collector.url}/#/search?agent=nobody`);
    await page.getByText('Nothing fits.').waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Refused clean-up' }).click();
    await page.locator('.rows .badge', { hasText: 'denied' }).first().waitFor();
  });

  test('has a field for each filter, and sends what is in it', async () => {
    const page = await open('search');
    await page.getByText('Filters', { exact: true }).click();
    const names = [
      'agent',
      'actor',
      'task',
      'session',
      'table',
      'written',
      'masked',
      'operation',
      'rule',
      'server',
      'digest',
      'trace',
    ];
    for (const name of names) await page.locator(`#filter-${name}`).fill(`a ${name}`);
    for (const [name, value] of [
      ['effect', 'deny'],
      ['status', 'ok'],
      ['type', 'statement'],
    ] as const)
      await page.locator(`#filter-${name}`).evaluate((field, chosen) => Object.assign(field, { value: chosen }), value);
    await page.locator('#filter-rows').fill('5');
    await page.locator('#filter-since').fill('7d');
    await page.locator('#filter-until').fill('2026-11-21');
    const asked = page.waitForRequest(
      (request) => request.url().includes('/v1/records?') && request.url().includes('rows=5'),
    );
    await page.locator('#filter-until').press('Enter');
    const { searchParams } = new URL((await asked).url());
    for (const name of names) expect(searchParams.get(name)).toBe(`a ${name}`);
    expect(searchParams.get('until')).toBe('2026-11-21T00:00:00.000Z');
    expect(Date.now() - Date.parse(searchParams.get('since') ?? '')).toBeGreaterThan(6 * 86_400_000);
    await page.getByText('Nothing fits.').waitFor();
  });

  test('shows one record in full, and is worked with the keyboard', async () => {
    const page = await open('search?session=film');
    await page.locator('.rows a').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('complementary', { name: 'Record' });
    await drawer.getByText('Verdict').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('words');
    await page.keyboard.press('Escape');
    await page.goto(`${collector.url}/#/record/record-0-film`);
    const article = page.getByRole('article');
    for (const text of [
      'alice@example.com',
      'SUP-1042',
      'a-model-4',
      'run_query',
      'shop.customers.email',
      'writer-film',
      'mysql2',
      '41',
    ])
      await article.getByText(text).first().waitFor();
    expect(await article.locator('.sql-keyword').first().textContent()).toBe('SELECT');
    await article.getByText('Received', { exact: true }).waitFor();
    await article.getByText('Raw record').click();
    await article.getByText('"seq": 1').waitFor();
    for (const [keys, heading] of [
      ['go', 'Overview'],
      ['gl', 'Live tail'],
      ['gf', 'Sessions'],
      ['ga', 'Approvals'],
      ['gc', 'Chain health'],
      ['gs', 'Search'],
    ] as const) {
      for (const key of keys) await page.keyboard.press(key);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Keyboard').waitFor();
    await page.keyboard.press('Escape');
  });

  test('shows a session as a film, in which the arrows step', async () => {
    const page = await open('session/film');
    const slider = page.getByRole('slider');
    await slider.waitFor();
    expect(await slider.getAttribute('aria-valuemax')).toBe('16');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuenow')).toBe('3');
    await page.keyboard.press('n');
    expect(await slider.getAttribute('aria-valuetext')).toContain('denied DELETE FROM orders');
    await page.locator('.film-detail').getByText('no-unbounded-writes').waitFor();
    expect(await page.locator('.mark-bad').count()).toBe(2);
    expect(await page.locator('.mark-warn').count()).toBe(1);
    await page.getByText('4.2 s later').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuenow')).toBe('15');
  });

  test('follows what comes, and stops where it is told to', async () => {
    const page = await open('live?agent=live-agent');
    await page.getByText('Nothing has come yet.').waitFor();
    const send = (no: number): Promise<void> =>
      postRecords(collector.url, WRITER, [sampleRecord(no, Date.now(), { agent: 'live-agent', session: 'live' })]);
    await send(1);
    await expect.poll(() => page.locator('.rows a').count(), { timeout: 5_000 }).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await send(2);
    await page.waitForTimeout(2_000);
    expect(await page.locator('.rows a').count()).toBe(1);
    await page.keyboard.press('p');
    await expect.poll(() => page.locator('.rows a').count(), { timeout: 5_000 }).toBe(2);
  });

  test('approves and rejects what waits, with a reason, and says how many wait', async () => {
    const [first, second, third] = [
      await askApproval('DELETE FROM orders WHERE id = ?'),
      await askApproval('DELETE FROM stock WHERE sku = ?'),
      await askApproval('DELETE FROM invoices WHERE id = ?', 'two-people'),
    ];
    const page = await open('approvals', { allowed: /403/ });
    const card = (text: string) => page.locator('.card', { hasText: text });
    await card('FROM orders').getByText('shop.orders').waitFor();
    await expect.poll(() => page.title()).toBe('(3) Approvals · Countersign');
    expect(await axeFindings(page, axe.source)).toEqual([]);
    await card('FROM orders').getByLabel('Reason').fill('ticket seen');
    await card('FROM orders').getByLabel('the same with other values').check();
    await card('FROM orders').getByRole('button', { name: 'Approve' }).click();
    await card('FROM orders').waitFor({ state: 'detached' });
    expect(await statusOf(first)).toMatchObject({ status: 'approved', votes: [{ reason: 'ticket seen' }] });
    await card('FROM stock').getByLabel('Reason').fill('not on a Friday');
    await card('FROM stock').getByRole('button', { name: 'Reject' }).click();
    await card('FROM stock').waitFor({ state: 'detached' });
    expect(await statusOf(second)).toMatchObject({ status: 'rejected', votes: [{ reason: 'not on a Friday' }] });
    await page.locator('.history').getByText('not on a Friday').waitFor();
    await card('FROM invoices').getByText('It takes 2 people.').waitFor();
    await card('FROM invoices').getByRole('button', { name: 'Approve' }).click();
    await card('FROM invoices').getByText('each does so with a token of their own').waitFor();
    expect(await statusOf(third)).toMatchObject({ status: 'pending' });
  }, 20_000);

  test('counts on the overview, with charts', async () => {
    const page = await open('overview');
    await page.locator('.uplot canvas').first().waitFor();
    expect(await page.locator('.uplot').count()).toBe(3);
    await page.getByRole('img', { name: /^Statements over time: ran [\d,]+, refused \d+, errors \d+$/ }).waitFor();
    await page.getByRole('heading', { name: 'Rules that refused or asked' }).waitFor();
    await page.getByText('no-unbounded-writes').waitFor();
    await page.getByText('shop.customers.email').waitFor();
    const painted = await page.evaluate(
      `new Set(document.querySelector('.uplot canvas').getContext('2d').getImageData(0, 0, 300, 150).data.filter((_value, at) => at % 4 === 0)).size`,
    );
    expect(painted).toBeGreaterThan(5);
    for (const [name, count] of [
      ['Hour', 2],
      ['Week', 168],
      ['30 days', 31],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByText('Numbers').first().click();
      await expect.poll(() => page.locator('.numbers tbody tr').count()).toBeGreaterThanOrEqual(count);
    }
  });

  test.each(PAGES)('%s has nothing that axe finds wrong, in light and dark, and fits a small screen', async (place) => {
    const page = await open(place, { reducedMotion: 'reduce' });
    await settled(page);
    expect(await axeFindings(page, axe.source)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await axeFindings(page, axe.source)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => isTooWide(page)).toBe(false);
    expect(await axeFindings(page, axe.source)).toEqual([]);
  });

  test('keeps the colours that somebody chose', async () => {
    const page = await open('chain', { colorScheme: 'dark' });
    const theme = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme');
    await settled(page);
    expect(await theme()).toBe('dark');
    await page.keyboard.press('t');
    expect(await theme()).toBe('light');
    await page.reload();
    expect(await theme()).toBe('light');
  });

  test('says that nothing wrong was found, and raises an alarm where something was', async () => {
    const page = await open('chain');
    await page.getByText('The witness has found nothing wrong.').waitFor();
    await page.getByRole('heading', { name: 'Who looked' }).waitFor();
    await page.getByText('/v1/witness').first().waitFor();
    const rival = { ...sampleRecord(3, Date.now(), { session: 'film' }), id: 'a-rival' };
    await postRecords(collector.url, WRITER, [rival]);
    await page.reload();
    await page.getByRole('alert').getByText('writer writer-film has two records 4').waitFor();
    expect(await axeFindings(page, axe.source)).toEqual([]);
  });
});
