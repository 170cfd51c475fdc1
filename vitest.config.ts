import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // A hook may start a database of its own, which may have to make its template first.
    hookTimeout: 120_000,
    globalSetup: ['test/global-setup.ts'],
  },
});

export default config;
