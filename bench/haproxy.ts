import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findFreePort } from '../test/database/instance.js';
import { supervise } from '../test/database/supervisor.js';
import { findOrUnpack } from '../test/transports/debian-program.js';
import { listens } from '../test/transports/listens.js';

/** HAProxy that passes bytes on. */
export interface HaProxy {
  readonly port: number;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 10_000;

/**
 * Starts HAProxy in TCP mode with one thread, as each of the others has one: the one of this machine, or one unpacked from Debian's package.
 * @returns it, or why there is none
 */
export async function startHaProxy(host: string, port: number): Promise<HaProxy | string> {
  const program = await findOrUnpack({ program: 'haproxy', packages: ['haproxy'] });
  if (typeof program === 'string') return program;
  const own = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), 'countersign-bench-haproxy-'));
  const file = join(directory, 'haproxy.cfg');
  await writeFile(file, configuration(own, `${host}:${port}`));
  const { path, env } = program;
  const run = supervise({ command: path, args: ['-db', '-f', file], directory, env });
  run.start();
  const stop = async (): Promise<void> => {
    await run.stop();
    await rm(directory, { recursive: true, force: true });
  };
  for (const until = performance.now() + READY_WITHIN_MS; !(await listens(own));) {
    if (run.hasEnded() || performance.now() > until) {
      await stop();
      return `${path} did not start`;
    }
    await setTimeout(20);
  }
  return { port: own, stop };
}

function configuration(own: number, database: string): string {
  return `
global
  nbthread 1
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen database
  bind 127.0.0.1:${own}
  server database ${database}
`;
}
