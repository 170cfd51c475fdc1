import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildErrPacket } from '../../src/wire/err-packet.js';
import { ServerStatus } from '../../src/wire/constants.js';
import type { ResponseObserver } from '../../src/wire/response-observer.js';
import { ResponseReader } from '../../src/wire/response-reader.js';
import { answer, columnDefinition, eof, ok, text } from './wire-samples.js';

const MORE = ServerStatus.MORE_RESULTS;
const ERROR = { errno: 1317, sqlState: '70100', message: 'too much' };
const head = [Buffer.from([1]), columnDefinition('shop', 'notes', 'id', 253)];
const rows = Array.from({ length: 5 }, (_, id) => text(String(id).repeat(10)));
const killed = Buffer.from('\xff\x25\x05#70100killed', 'latin1');

interface Case {
  readonly deprecateEof: boolean;
  readonly truncates: boolean;
  readonly maxRows: number;
  readonly killed: boolean;
  readonly cuts: readonly number[];
}

const end = ({ deprecateEof }: Case, status: number): Buffer => (deprecateEof ? ok(0, status, 0xfe) : eof(status));

/** What the server sends: one result, and another one behind it unless the first was killed. */
function sent(given: Case): Buffer {
  const between = given.deprecateEof ? [] : [eof(MORE)];
  const first = [...head, ...between, ...rows];
  if (given.killed) return answer([...first, killed]);
  return answer([...first, end(given, MORE | 2), ...head, ...between, ...rows.slice(0, 1), end(given, 2)]);
}

/** What the client is to get of it. */
function expected(given: Case): Buffer {
  if (given.maxRows >= rows.length) return sent(given);
  const between = given.deprecateEof ? [] : [eof(MORE)];
  const whole = [...head, ...between, ...rows.slice(0, given.maxRows)];
  if (given.truncates) return answer([...whole, end(given, 2)]);
  return Buffer.concat([answer(whole), buildErrPacket(whole.length + 1, ERROR)]);
}

function received(given: Case): Buffer {
  const observer: ResponseObserver = {
    onColumns: () => undefined,
    onOk: () => undefined,
    onRows: () => undefined,
    onError: (error) => error,
    onLimit: () => (given.truncates ? undefined : ERROR),
    onPrepared: () => undefined,
    onLocalInfile: () => false,
    onComplete: () => undefined,
  };
  const reader = new ResponseReader({ deprecateEof: given.deprecateEof, extendedMetadata: false }, observer);
  reader.expect('text', false, undefined, { maxRows: given.maxRows, maxBytes: Infinity });
  const bytes = sent(given);
  const output: Buffer[] = [];
  let from = 0;
  const cuts = given.cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b);
  for (const cut of [...cuts, bytes.length]) {
    if (cut > from) output.push(Buffer.from(reader.push(Buffer.from(bytes.subarray(from, cut)))));
    from = Math.max(from, cut);
  }
  expect(reader.idle).toBe(true);
  expect(reader.heldBytes).toBe(0);
  return Buffer.concat(output);
}

describe('a result with a limit', () => {
  it('is cut at the same row with the same end, however its bytes come', () => {
    const cases = fc.record({
      deprecateEof: fc.boolean(),
      truncates: fc.boolean(),
      maxRows: fc.integer({ min: 1, max: 6 }),
      killed: fc.boolean(),
      cuts: fc.array(fc.nat(1_000), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(cases, (given) => {
        expect(received(given).equals(expected(given)), JSON.stringify(given)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is cut at the same row when it comes byte by byte', () => {
    for (const deprecateEof of [false, true]) {
      for (const truncates of [false, true]) {
        const cuts = Array.from({ length: 400 }, (_, at) => at);
        const given = { deprecateEof, truncates, maxRows: 2, killed: false, cuts };
        expect(received(given).equals(expected(given))).toBe(true);
      }
    }
  });
});
