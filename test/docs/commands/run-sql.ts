import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../database/readiness.js';
import type { DatabaseAddress } from '../../database/index.js';

/** Runs the statements of a block, as the administrator. @param schema in which */
export async function runSql(database: DatabaseAddress, sql: string, schema?: string): Promise<void> {
  const options = { ...connectionOptions(database), multipleStatements: true };
  const admin = await createConnection(schema === undefined ? options : { ...options, database: schema });
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
