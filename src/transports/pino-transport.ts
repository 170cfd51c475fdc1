import type { SendResult, Transport } from '../audit/index.js';
import { withDeadline } from '../deadline.js';
import { messageOf } from '../message-of.js';
import { joinRecords } from './joined-records.js';
import { checkPinoOptions, type CheckedPinoOptions, type PinoTransportOptions } from './pino-options.js';
import { PinoWorker } from './pino-worker.js';

/**
 * Hands records to a pino transport in a worker thread, one JSON line each. A batch is accepted once the target has flushed: how durable it
 * is then is the target's to say. `pino/file` has it in the file; a target without a flush may still hold it in memory. A worker that dies
 * is started again, and gets the batch again.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://getpino.io/#/docs/transports
 * @example
 * ```ts
 * pinoTransport({ target: 'pino-roll', options: { file: '/var/log/records', frequency: 'daily' }, level: 'info' });
 * ```
 */
export function pinoTransport(options: PinoTransportOptions): Transport {
  const checked = checkPinoOptions(options);
  let worker: PinoWorker | undefined;
  return {
    name: checked.name,
    async send({ records }, signal) {
      const lines = joinRecords(
        records.map((record) => lineOf(checked, record)),
        'lines',
      );
      if (worker === undefined || worker.isDead) worker = new PinoWorker(checked.target, checked.options);
      return deliver(worker, lines, checked.timeoutMs, signal);
    },
    async close() {
      if (worker !== undefined) await end(worker, checked.timeoutMs);
    },
  };
}

function lineOf({ format, level }: CheckedPinoOptions, record: Buffer): Buffer {
  const line = format.encode(record);
  return level === undefined ? line : Buffer.concat([Buffer.from(`{"level":${String(level)},`), line.subarray(1)]);
}

async function deliver(worker: PinoWorker, lines: Buffer, timeoutMs: number, signal: AbortSignal): Promise<SendResult> {
  try {
    await withDeadline(timeoutMs, signal, () => worker.write(lines));
    return { status: 'accepted' };
  } catch (error) {
    // A trail that closes ends the worker in peace.
    if (!signal.aborted) await worker.kill();
    return { status: 'retry', reason: `the pino transport failed: ${messageOf(error)}` };
  }
}

async function end(worker: PinoWorker, timeoutMs: number): Promise<void> {
  try {
    await withDeadline(timeoutMs, undefined, () => worker.end());
  } catch {
    await worker.kill();
  }
}
