/** The browser of the tests: Chromium on PATH, or installed with apt as root. */
import { type Browser, chromium } from 'playwright-core';

import { installPackages, whyNoApt } from '../database/apt.js';
import { findPrograms } from '../database/find-program.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where Chromium is, or why there is none. */
export async function findChromium(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const [found] = findPrograms(NAMES);
  if (found !== undefined) return { path: found };
  const why =
    whyNoApt() ??
    (await installPackages(
      () => ['chromium'],
      () => undefined,
    ));
  const [installed] = findPrograms(NAMES);
  return installed === undefined
    ? { missing: `no Chromium in PATH, ${why ?? 'and apt brought none'}` }
    : { path: installed };
}

/** Starts it. Root may not have its sandbox. */
export function startChromium(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
