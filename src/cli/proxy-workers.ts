import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { FailureError } from '../errors.js';
import { Supervision } from '../proxy/processes/supervision.js';
import { stopSignal } from './stop-signal.js';

/** A worker that ends by itself has a reason: it is not started again at once. */
const RESTART_AFTER_MS = 1_000;

/**
 * Runs the proxy in several processes that share its ports, until this one is told to stop. Each has a journal of its own in the same directory;
 * one that ends is started again.
 * @throws FailureError `OPTIONS_INVALID` where one ends before it listens: its own message has said why
 */
export async function superviseWorkers(count: number, logger: Logger): Promise<void> {
  let stopping = false;
  const listening = new Set<Worker>();
  const supervision = new Supervision();
  const begin = (): void => supervision.serve(cluster.fork());
  const failed = new Promise<never>((_resolve, reject) => {
    cluster.on('exit', (worker, code, signal) => {
      if (stopping) return;
      if (listening.size === 0) reject(new FailureError('OPTIONS_INVALID', 'the proxy could not be started'));
      else {
        logger.error({ pid: worker.process.pid, code, signal }, 'a process of the proxy has ended: another is started');
        setTimeout(() => stopping || begin(), RESTART_AFTER_MS);
      }
    });
  });
  cluster.on('listening', (worker) => listening.add(worker));
  for (let index = 0; index < count; index += 1) begin();
  const toAll = (signal: NodeJS.Signals): void => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  };
  const reload = (): void => toAll('SIGHUP');
  process.on('SIGHUP', reload);
  try {
    await Promise.race([stopSignal(), failed]);
  } finally {
    stopping = true;
    process.removeListener('SIGHUP', reload);
    const exits = Object.values(cluster.workers ?? {}).map((worker) => worker && once(worker, 'exit'));
    toAll('SIGTERM');
    await Promise.all(exits);
  }
}
