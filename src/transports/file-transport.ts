import type { SendResult, Transport } from '../audit/index.js';
import { messageOf } from '../message-of.js';
import { checkFileOptions, type FileTransportOptions } from './file-options.js';
import { joinRecords } from './joined-records.js';
import { RecordFile } from './record-file.js';

/**
 * Appends records to a file, one a line. A batch is accepted once it is on the disk (`fsync`). Whatever goes wrong, a full disk too, is
 * tried again: the file holds whole lines only, and what a crash left of a line is cut off when the file is next opened.
 * @throws FailureError `OPTIONS_INVALID`
 * @example
 * ```ts
 * fileTransport({ path: '/var/log/countersign/records.jsonl', maxBytes: 100 * 1024 * 1024, keepFiles: 30 });
 * ```
 */
export function fileTransport(options: FileTransportOptions): Transport {
  const { name, format, ...limits } = checkFileOptions(options);
  const file = new RecordFile(limits);
  // Journals deliver at the same time.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    name,
    send({ records }) {
      const encoded = records.map((record) => format.encode(record));
      const lines = joinRecords(encoded, 'lines');
      return inTurn(() => append(file, lines));
    },
    close: () => inTurn(() => file.close()),
  };
}

async function append(file: RecordFile, lines: Buffer): Promise<SendResult> {
  try {
    const warning = await file.append(lines);
    return warning === undefined ? { status: 'accepted' } : { status: 'accepted', warning };
  } catch (error) {
    return { status: 'retry', reason: messageOf(error) };
  }
}
