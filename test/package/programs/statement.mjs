import { createGovernor, withTask } from 'countersign';
import { govern } from 'countersign/mysql2';
import mysql from 'mysql2/promise';
import configure from './countersign.config.mjs';

const { governor: options } = await configure();
const governor = await createGovernor(options);
const pool = govern(mysql.createPool(JSON.parse(process.env['CONNECTION'])), governor);
await withTask('OPS-77', async () => {
  const [rows] = await pool.query('SELECT id FROM t WHERE id > ?', [0]);
  const denied = await pool.query('DELETE FROM t').catch((error) => error);
  process.stdout.write(`${rows.length} ${denied.errno}\n`);
});
await pool.end();
await governor.close();
options.identity.close();
