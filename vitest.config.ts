import { defineConfig, type ViteUserConfig } from 'vitest/config';

import { LongestFirst } from './test/longest-first.js';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One more than the processors of the smallest machine that is meant: some wait for clocks, servers and disks.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    // A hook may start a database of its own, which may have to make its template first.
    hookTimeout: 120_000,
    // Servers, processes and clocks of a busy machine: what fails is run once more, and named. What a property found is a failure at once.
    retry: { count: 1, condition: /^(?!Property failed)/ },
    globalSetup: ['test/global-setup.ts'],
  },
});

export default config;
