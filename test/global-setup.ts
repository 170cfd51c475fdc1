/** One database for the whole run; tests take it with `inject('database')` and make a schema of their own in it. */
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startDatabase, type DatabaseAddress } from './database/index.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrative account of the database of this run. */
    database: DatabaseAddress;
  }
}

/** Starts the database, and returns what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const onProgress = (line: string): void => {
    process.stderr.write(`test database: ${line}\n`);
  };
  const { stop, ...address } = await startDatabase({ onProgress });
  project.provide('database', address);
  return stop;
}
