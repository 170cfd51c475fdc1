/** The console in a browser, with all that must not happen there written down. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

import { afterThisTest } from '../audit/trail-fixtures.js';

/** How the console is looked at. */
export interface Look extends Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'reducedMotion'> {
  /** What is in the tab's storage; nobody is logged in without. */
  readonly token?: string;
  /** What the browser's own log may say. */
  readonly allowed?: RegExp;
}

const VIOLATIONS = `addEventListener('securitypolicyviolation', (event) => console.error('violation of ' + event.violatedDirective))`;

/** A page of the console that is closed after the test. */
export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<Page> {
  const { token, allowed, ...options } = look;
  const context = await browser.newContext({
    viewport: { width: 1360, height: 850 },
    colorScheme: 'light',
    ...options,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && allowed?.test(message.text()) !== true) problems.push(message.text());
  });
  await page.addInitScript(VIOLATIONS);
  if (token !== undefined)
    await page.addInitScript(`sessionStorage.setItem('countersign.token', ${JSON.stringify(token)})`);
  afterThisTest(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** Whether the page is wider than its window. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** What axe finds wrong. */
export async function axeFindings(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  });
}

/** Waits until what a page shows is there. */
export async function settled(page: Page): Promise<void> {
  await page.locator('.loading').waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle');
}
