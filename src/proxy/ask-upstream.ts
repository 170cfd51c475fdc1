import type { Duplex } from 'node:stream';
import { FailureError } from '../errors.js';
import { frame } from '../wire/command-assembler.js';
import { HEADER_LENGTH } from '../wire/constants.js';
import type { ResponseFormat, ResponseKind } from '../wire/response-format.js';
import type { ResponseObserver } from '../wire/response-observer.js';
import { ResponseReader } from '../wire/response-reader.js';

const ERR = 0xff;

/** Only where the answer ends is wanted. */
const UNOBSERVED: ResponseObserver = {
  onColumns: () => undefined,
  onOk: () => undefined,
  onRows: () => undefined,
  onError: (error) => error,
  onLimit: () => undefined,
  onPrepared: () => undefined,
  onLocalInfile: () => false,
  onComplete: () => undefined,
};

/**
 * Sends a command of the proxy's own on a connection that no session has, and waits for its answer. Nobody else may read it meanwhile; it is paused
 * afterwards.
 * @param payload without header
 * @returns the whole answer, packets with headers; an ERR packet as well
 * @throws FailureError `PROTOCOL_VIOLATION` where it makes no sense, `CONNECTION_UNSUPPORTED` where the connection is lost
 */
export function askUpstream(
  stream: Duplex,
  format: ResponseFormat,
  payload: Buffer,
  kind: ResponseKind,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseReader(format, UNOBSERVED);
    const answer: Buffer[] = [];
    const end = (): void => {
      stream.removeListener('data', onData);
      stream.removeListener('close', onClose);
      stream.pause();
    };
    const onData = (bytes: Buffer): void => {
      try {
        answer.push(bytes);
        reader.push(bytes);
        if (!reader.idle) return;
        end();
        resolve(Buffer.concat(answer));
      } catch (error) {
        end();
        reject(error as Error);
      }
    };
    const onClose = (): void => {
      end();
      reject(new FailureError('CONNECTION_UNSUPPORTED', 'the database closed the connection'));
    };
    reader.expect(kind, false);
    stream.on('data', onData);
    stream.once('close', onClose);
    if (stream.destroyed) onClose();
    else stream.write(frame(payload, 0));
    stream.resume();
  });
}

/** Whether an answer is an error. */
export function isErr(answer: Buffer): boolean {
  return answer[HEADER_LENGTH] === ERR;
}
