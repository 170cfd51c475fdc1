import type { Duplex } from 'node:stream';

/** COM_QUIT, whole. */
export const QUIT: Buffer = Buffer.from([1, 0, 0, 0, 1]);

const LEAVE_AFTER_MS = 1_000;

/** Takes leave of a server. One that does not take it is left. */
export function quitServer(stream: Duplex): void {
  stream.on('error', () => undefined);
  if (stream.writable) stream.end(QUIT);
  const timer = setTimeout(() => stream.destroy(), LEAVE_AFTER_MS).unref();
  stream.once('close', () => clearTimeout(timer));
  stream.resume();
}
