import type { Browser, Page } from 'playwright-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createCollector, type Collector } from '../../src/collector/index.js';
import { findChromium, startChromium } from '../browser/index.js';
import { openPage, settled } from './console-page.js';
import { hostileRecords, postRecords } from './console-records.js';

const TOKEN = 'a-token-that-opens-every-route';
const found = await findChromium();
const isHere = 'path' in found;
const directory = mkdtempSync(join(tmpdir(), 'countersign-console-'));

let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  if (!isHere) return;
  collector = await createCollector({ directory, tokens: [TOKEN] });
  await postRecords(collector.url, TOKEN, hostileRecords(Date.now()));
  browser = await startChromium(found.path);
});
afterAll(async () => {
  await browser?.close();
  await collector?.close();
  rmSync(directory, { recursive: true, force: true });
});

const open = (place: string): Promise<Page> => openPage(browser, `${collector.url}/#/${place}`, { token: TOKEN });

test.runIf(isHere)('records of an attacker are shown as text, with what is not seen marked', async () => {
  const page = await open('search');
  await page.locator('.rows a').first().waitFor();
  const elements = 'main script, main img, main svg, main iframe, main b > b, [onerror], [href^="javascript"]';
  for (const place of [
    'search',
    'search?text=hostile_bidi',
    'live',
    'sessions',
    'overview',
    `session/${encodeURIComponent('<img src=x onerror=alert(5)>')}`,
  ]) {
    await page.goto(`${collector.url}/#/${place}`);
    await settled(page);
    await page
      .getByText(/alert\(|hostile/)
      .first()
      .waitFor();
    expect(await page.locator(elements.replace('main svg, ', '')).count(), place).toBe(0);
    expect(await page.locator('main').innerText()).not.toMatch(/[\u202e\u200b\u2066]/);
  }
  await page.goto(`${collector.url}/#/search?text=hostile_bidi`);
  await page.locator('.rows a').first().click();
  await page.locator('.drawer .code').getByText('U+202E').waitFor();
  for (const mark of ['U+2066', 'U+200B', 'U+0007', 'U+FEFF'])
    await page.locator('.drawer .code').getByText(mark).waitFor();
  await page.goto(`${collector.url}/#/record/${encodeURIComponent('broken"><script>alert(8)</script>')}`);
  await page.getByText('Raw record').click();
  await page.getByText('"agent": 5').waitFor();
  expect(await page.locator(elements).count()).toBe(0);
});

test.runIf(isHere)('records of an attacker that are very long do not hold the page up', async () => {
  const page = await open('search?text=hostile_long');
  const article = page.locator('.drawer');
  const started = Date.now();
  await page.goto(`${collector.url}/#/record/a-long-one`);
  await page.getByRole('button', { name: /^Show all 1,\d+,\d+ characters$/ }).waitFor();
  expect(Date.now() - started).toBeLessThan(3_000);
  expect(
    await page
      .locator('main')
      .innerText()
      .then((text) => text.length),
  ).toBeLessThan(20_000);
  await page.getByRole('button', { name: /^Show all/ }).click();
  await expect
    .poll(() =>
      page
        .locator('.code')
        .first()
        .textContent()
        .then((text) => text?.length ?? 0),
    )
    .toBeGreaterThan(1_000_000);
  expect(await page.locator('.code').first().textContent()).not.toContain('\u202e');
  expect(Date.now() - started).toBeLessThan(8_000);
  expect(await article.count()).toBe(0);
});
