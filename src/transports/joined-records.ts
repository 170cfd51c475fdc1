import { isJson, type RecordFormat } from './formats/record-format.js';

/**
 * How the records of a batch are put together: `records` is `{"records":[…]}`, `array` a JSON array, `lines` one a line, `concatenated`
 * one after another without anything between them.
 */
export type HttpBody = 'records' | 'array' | 'lines' | 'concatenated';

interface Envelope {
  readonly start: Buffer;
  readonly between: Buffer;
  readonly end: Buffer;
}

const ENVELOPES: Readonly<Record<HttpBody, Envelope>> = {
  records: envelope('{"records":[', ',', ']}'),
  array: envelope('[', ',', ']'),
  lines: envelope('', '\n', '\n'),
  concatenated: envelope('', '', ''),
};

function envelope(start: string, between: string, end: string): Envelope {
  return { start: Buffer.from(start), between: Buffer.from(between), end: Buffer.from(end) };
}

/** Whether a format can be sent in such a body: what is no JSON, only as lines. */
export function fits(format: RecordFormat, body: HttpBody): boolean {
  return isJson(format) || body === 'lines';
}

/** Puts encoded records together. */
export function joinRecords(records: readonly Buffer[], body: HttpBody): Buffer {
  const { start, between, end } = ENVELOPES[body];
  const parts: Buffer[] = [start];
  for (const [index, record] of records.entries()) {
    if (index > 0) parts.push(between);
    parts.push(record);
  }
  parts.push(end);
  return Buffer.concat(parts);
}

/** The media type of a body. */
export function contentTypeOf(format: RecordFormat, body: HttpBody): string {
  switch (body) {
    case 'array':
      return format.arrayContentType ?? 'application/json';
    case 'lines':
      return isJson(format) ? 'application/x-ndjson' : format.contentType;
    case 'records':
    case 'concatenated':
      return 'application/json';
  }
}
