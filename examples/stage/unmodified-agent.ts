/** An agent's program that knows nothing of Countersign: `node --import countersign/register` governs it, with the configuration that `COUNTERSIGN_CONFIG` names. */
import { createPool, type PoolOptions } from 'mysql2/promise';

const pool = createPool(JSON.parse(process.env['DATABASE'] ?? '{}') as PoolOptions);

async function run(sql: string): Promise<void> {
  const answer = await pool.query(sql).then(
    ([rows]) => JSON.stringify(rows),
    (error: unknown) => String(error),
  );
  process.stdout.write(`${sql}\n   ${answer}\n`);
}

await run("SELECT name, email FROM customers WHERE city = 'Bern'");
await run('DELETE FROM orders');
await pool.end();
