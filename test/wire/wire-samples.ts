import { frame } from '../../src/wire/command-assembler.js';
import { writeLengthEncoded } from '../../src/wire/length-encoded.js';

/** A length-encoded string. */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(9);
  return Buffer.concat([head.subarray(0, writeLengthEncoded(head, bytes.length, 0)), bytes]);
}

/** The payload of a column definition. */
export function columnDefinition(schema: string, orgTable: string, orgName: string, type: number): Buffer {
  const fixed = Buffer.from([0x0c, 0x2d, 0x00, 0xff, 0x00, 0x00, 0x00, type, 0, 0, 0, 0, 0]);
  return Buffer.concat([...['def', schema, orgTable, orgTable, orgName, orgName].map(text), fixed]);
}

/** The payload of an EOF packet. */
export function eof(status: number): Buffer {
  return Buffer.from([0xfe, 0, 0, status & 0xff, status >> 8]);
}

/** The payload of an OK packet; `header` 0xFE makes it the one that stands for an EOF. */
export function ok(affected: number, status: number, header = 0x00): Buffer {
  return Buffer.from([header, affected, 0, status & 0xff, status >> 8, 0, 0]);
}

/** Frames payloads as a server numbers them, from 1. */
export function answer(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.map((payload, index) => frame(payload, index + 1)));
}
