/** A real ClickHouse, with an empty database. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ArchiveOptions } from '../../src/collector/index.js';
import { afterThisTest } from '../audit/trail-fixtures.js';
import { findFreePort } from '../database/instance.js';
import { type DebianProgram, findReceiver } from '../transports/debian-program.js';
import { privateServer, type PrivateServer } from '../transports/private-server.js';

/** Undefined where the server cannot be had. */
export const clickhouseServer: DebianProgram | undefined = await findReceiver({
  program: 'clickhouse-server',
  packages: ['clickhouse-server', 'clickhouse-common'],
});

/** A place for a server, where it can be started and ended. */
export interface ClickHouseNode extends PrivateServer {
  /** How it is reached. */
  readonly options: ArchiveOptions;
}

const PASSWORD = "pass'word";

/** Makes the place of a server, and starts it. */
export async function startClickHouse(): Promise<ClickHouseNode> {
  if (clickhouseServer === undefined) throw new Error('clickhouse-server is not here');
  const home = mkdtempSync(join(tmpdir(), 'countersign-clickhouse-'));
  afterThisTest(() => rmSync(home, { recursive: true, force: true }));
  const [http, tcp] = [await findFreePort(), await findFreePort()];
  mkdirSync(join(home, 'data'));
  writeFileSync(
    join(home, 'config.xml'),
    `<yandex><logger><level>warning</level><console>1</console></logger>
    <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
    <path>${home}/data/</path><tmp_path>${home}/tmp/</tmp_path><users_config>users.xml</users_config>
    <default_profile>default</default_profile><default_database>default</default_database><mark_cache_size>67108864</mark_cache_size></yandex>`,
  );
  writeFileSync(
    join(home, 'users.xml'),
    `<yandex><profiles><default></default></profiles><quotas><default></default></quotas>
    <users><collector><password>${PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></collector></users></yandex>`,
  );
  const url = `http://127.0.0.1:${http}`;
  const isReady = (): Promise<boolean> =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
  const server = privateServer(clickhouseServer, [`--config-file=${join(home, 'config.xml')}`], isReady);
  await server.start();
  return { ...server, options: { url, database: 'default', user: 'collector', password: PASSWORD } };
}
