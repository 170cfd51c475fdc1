import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CaptureSource, CaptureTarget } from '../source.js';
import { attempt } from './attempt.js';
import { fillShop } from './filled-shop.js';

const run = promisify(execFile);

async function program(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const options = { maxBuffer: 1 << 26, env: { ...process.env, ...env } };
  await attempt(`${command} ${args.at(-1) ?? ''}`, () => run(command, args, options));
}

function loginOf({ host, port, user, password }: CaptureTarget): readonly string[] {
  return [`--host=${host}`, `--port=${String(port)}`, `--user=${user}`, `--password=${password}`, '--protocol=tcp'];
}

const LUA = [
  'oltp_read_write',
  'oltp_read_only',
  'oltp_write_only',
  'oltp_point_select',
  'oltp_insert',
  'oltp_delete',
  'oltp_update_index',
  'oltp_update_non_index',
  'select_random_points',
  'select_random_ranges',
  'bulk_insert',
];

/** sysbench's own Lua scripts, with and without prepared statements. */
export const sysbench: CaptureSource = {
  name: 'sysbench',
  run: async ({ host, port, user, password, database }) => {
    const folder = process.env['SYSBENCH_LUA'] ?? '/usr/share/sysbench';
    const login = [
      `--mysql-host=${host}`,
      `--mysql-port=${String(port)}`,
      `--mysql-user=${user}`,
      `--mysql-password=${password}`,
      `--mysql-db=${database}`,
    ];
    const env = { LUA_PATH: `${folder}/?.lua` };
    for (const lua of LUA) {
      const common = [
        `${folder}/${lua}.lua`,
        ...login,
        '--db-driver=mysql',
        '--tables=1',
        '--table-size=20',
        '--threads=1',
        '--events=3',
        '--time=0',
      ];
      await program('sysbench', [...common, 'prepare'], env);
      await program('sysbench', [...common, 'run'], env);
      await program('sysbench', [...common, '--db-ps-mode=disable', '--skip_trx=on', 'run'], env);
      await program('sysbench', [...common, 'cleanup'], env);
    }
  },
};

/** mysqldump and its like: what they read, and what they wrap it in. */
export const dump: CaptureSource = {
  name: 'mysqldump',
  prepare: fillShop,
  run: async (target) => {
    const login = loginOf(target);
    const { database } = target;
    // MySQL's own is another program of the same name as a link of MariaDB's: it has to be named.
    const mysqldump = target.flavour === 'mariadb' ? 'mariadb-dump' : process.env['MYSQLDUMP'];
    if (mysqldump === undefined) throw new Error('MYSQLDUMP has to name the mysqldump of MySQL');
    for (const options of [
      ['--single-transaction', '--quick'],
      ['--single-transaction', '--routines', '--triggers', '--events', '--hex-blob', '--skip-lock-tables'],
      ['--no-data', '--skip-comments'],
      ['--no-create-info', '--complete-insert', '--where=1 = 1', '--skip-lock-tables'],
      ['--xml', '--skip-opt', '--order-by-primary'],
      ['--lock-tables'],
    ]) {
      await program(mysqldump, [...login, ...options, database]);
    }
    await program(mysqldump, [...login, '--single-transaction', database, 'customers', 'orders']);
    await program(mysqldump, [...login, '--single-transaction', '--databases', database]);
    if (target.flavour === 'mysql') return;
    await program('mariadb-show', [...login]);
    await program('mariadb-show', [...login, '--status', database]);
    await program('mariadb-show', [...login, '--count', database]);
    await program('mariadb-show', [...login, '--keys', database, 'orders']);
    await program('mariadb-check', [...login, database, 'orders']);
    await program('mariadb-check', [...login, '--analyze', database, 'orders']);
    await program('mariadb-check', [...login, '--optimize', database, 'orders']);
    await program('mariadb-admin', [...login, 'status']);
    await program('mariadb-admin', [...login, 'version']);
    await program('mariadb-admin', [...login, 'variables']);
    await program('mariadb-admin', [...login, 'processlist']);
    await program('mariadb', [...login, database, '--auto-rehash', '--execute=status']);
    await program('mariadb', [
      ...login,
      database,
      '--execute=select 1; show tables; describe customers; show warnings',
    ]);
  },
};
