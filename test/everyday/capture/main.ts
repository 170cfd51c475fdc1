/**
 * Captures the suite anew: `npm run capture [-- SOURCE …]` in this folder.
 * See README.md for what it needs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../database/readiness.js';
import { startDatabase, type TestDatabase } from '../../database/index.js';
import { ACCOUNT, prepareAccount, SCHEMA } from './account.js';
import { record } from './recorder.js';
import type { CaptureSource } from './source.js';
import { attempt } from './sources/attempt.js';
import { sources } from './sources/index.js';
import { writeSource, type Capture } from './write-suite.js';

const SERVER_OPTIONS = [
  '--performance-schema=ON',
  '--performance-schema-events-statements-history-long-size=50000',
  '--performance-schema-max-sql-text-length=65536',
  '--max-digest-length=65536',
];

async function captureFrom(source: CaptureSource, database: TestDatabase): Promise<Capture> {
  const admin = await createConnection(connectionOptions(database));
  await prepareAccount(admin);
  await admin.end();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-everyday-'));
  const { flavour, host, port, ca } = database;
  const target = { flavour, host, port, ca, database: SCHEMA, folder, ...ACCOUNT };
  await source.prepare?.(target);
  const recorder = await record(database);
  try {
    await attempt(source.name, () => source.run(target));
    const { accepted, refused } = await recorder.stop();
    for (const sql of refused) console.log(`  ${source.name}, ${flavour}: the server refused ${sql.slice(0, 200)}`);
    return { flavour, recorded: accepted };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function capture(wanted: readonly string[]): Promise<void> {
  const databases: TestDatabase[] = [];
  try {
    // COUNTERSIGN_TEST_SERVER is the one of MySQL: MariaDB is in PATH.
    const mysql = process.env['COUNTERSIGN_TEST_SERVER'];
    delete process.env['COUNTERSIGN_TEST_SERVER'];
    databases.push(await startDatabase({ flavour: 'mariadb', serverOptions: SERVER_OPTIONS }));
    if (mysql !== undefined) process.env['COUNTERSIGN_TEST_SERVER'] = mysql;
    databases.push(await startDatabase({ flavour: 'mysql', serverOptions: SERVER_OPTIONS }));
    for (const source of sources.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      const captures: Capture[] = [];
      for (const database of databases) {
        if ((source.flavour ?? database.flavour) === database.flavour)
          captures.push(await captureFrom(source, database));
      }
      console.log(`${source.name}: ${String(writeSource(source.name, captures))} statements`);
    }
  } finally {
    for (const database of databases) await database.stop();
  }
}

await capture(process.argv.slice(2));
