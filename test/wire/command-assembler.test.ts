import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandAssembler, frame } from '../../src/wire/command-assembler.js';

const packets = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 });

describe('the assembler of commands', () => {
  it('finds the same packets however the bytes are cut', () => {
    fc.assert(
      fc.property(packets, fc.array(fc.nat({ max: 2_500 }), { maxLength: 12 }), (payloads, cuts) => {
        const bytes = Buffer.concat(payloads.map((payload) => frame(Buffer.from(payload), 0)));
        const seen: Buffer[] = [];
        const raw: Buffer[] = [];
        const assembler = new CommandAssembler(1 << 20, (packet) => {
          seen.push(Buffer.from(packet.payload));
          raw.push(...packet.raw);
        });
        let from = 0;
        for (const cut of [...cuts.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b), bytes.length]) {
          assembler.push(bytes.subarray(from, cut));
          from = cut;
        }
        expect(seen).toEqual(payloads.map((payload) => Buffer.from(payload)));
        expect(Buffer.concat(raw).equals(bytes)).toBe(true);
        expect(assembler.heldBytes).toBe(0);
      }),
    );
  });

  it('takes the continuation of a 16 MB frame for no command of its own', () => {
    for (const size of [16_777_214, 16_777_215, 16_777_216, 40_000_000]) {
      const payload = Buffer.alloc(size, 0x03);
      const bytes = frame(payload, 0);
      const seen: number[] = [];
      const assembler = new CommandAssembler(1 << 28, (packet) => {
        seen.push(packet.payload.length);
        expect(Buffer.concat(packet.raw).equals(bytes)).toBe(true);
      });
      for (let from = 0; from < bytes.length; from += 1_234_567) assembler.push(bytes.subarray(from, from + 1_234_567));
      expect(seen).toEqual([size]);
    }
  });

  it('refuses a packet over the limit before it holds that much', () => {
    const assembler = new CommandAssembler(1_000, () => undefined);
    expect(() => {
      assembler.push(Buffer.from([0xff, 0xff, 0x0f, 0x00, 0x03]));
    }).toThrow(expect.objectContaining({ code: 'PACKET_TOO_LARGE' }));
    expect(assembler.heldBytes).toBe(0);
  });

  it('never crashes on random bytes, and never holds more than its cap', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 30 }), (chunks) => {
        const assembler = new CommandAssembler(500, () => undefined);
        for (const chunk of chunks) {
          try {
            assembler.push(Buffer.from(chunk));
          } catch (error) {
            expect(error).toMatchObject({ code: 'PACKET_TOO_LARGE' });
            return;
          }
          expect(assembler.heldBytes).toBeLessThanOrEqual(500 + 200);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
