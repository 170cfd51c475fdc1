import { isAbsolute } from 'node:path';

import * as v from 'valibot';

import { checkOptions } from '../options.js';
import type { Filled } from './filled-options.js';
import { recordJson, type RecordFormat } from './formats/record-format.js';
import { formatSchema } from './receiver-options.js';

/** Options of `fileTransport`. */
export interface FileTransportOptions {
  /** The file, absolute. One transport of one process writes to it. Its folder must be there. */
  readonly path: string;
  /** Names the cursor; `file` where not given. */
  readonly name?: string | undefined;
  /** The form of a line; the record's own JSON where not given. */
  readonly format?: RecordFormat | undefined;
  /** Bytes that a file may have before another is begun; a batch is not divided. No limit where not given. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds after which another file is begun, with the next batch. No limit where not given. */
  readonly maxAgeMs?: number | undefined;
  /** How many files are kept beside the one that is written to; the oldest are deleted. All of them where not given. */
  readonly keepFiles?: number | undefined;
}

const OptionsSchema = v.strictObject({
  path: v.pipe(v.string(), v.check(isAbsolute, 'must be an absolute path')),
  name: v.optional(v.string(), 'file'),
  format: v.optional(formatSchema, recordJson),
  maxBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  maxAgeMs: v.optional(v.pipe(v.number(), v.minValue(1))),
  keepFiles: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** The options with what was not given filled in. */
export type CheckedFileOptions = Filled<FileTransportOptions, 'maxBytes' | 'maxAgeMs' | 'keepFiles'>;

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkFileOptions(options: FileTransportOptions): CheckedFileOptions {
  return checkOptions('fileTransport', OptionsSchema, options);
}
