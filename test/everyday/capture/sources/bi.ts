import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CaptureSource } from '../source.js';
import { attempt } from './attempt.js';
import { fillShop } from './filled-shop.js';

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, '..');

/** BI tools: through JDBC (Metabase, DBeaver) and through SQLAlchemy (Superset). */
export const bi: CaptureSource = {
  name: 'bi',
  prepare: fillShop,
  run: async (target) => {
    const { host, port, user, password, database } = target;
    const place = `${host}:${String(port)}/${database}`;
    const jar = process.env['MARIADB_JDBC'] ?? '/usr/share/java/mariadb-java-client.jar';
    await attempt('jdbc', () =>
      run('java', ['-cp', jar, join(FOLDER, 'jdbc/Metadata.java'), `jdbc:mariadb://${place}`, user, password]),
    );
    await attempt('sqlalchemy', () =>
      run('python3', [join(FOLDER, 'sqlalchemy/use.py'), `mysql+pymysql://${user}:${password}@${place}`]),
    );
  },
};
