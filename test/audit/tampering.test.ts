import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { createAuditTrail } from '../../src/audit/index.js';
import { noteOf, readCheckpoint, type SignedCheckpoint } from '../../src/audit/seal/checkpoint.js';
import { TrailVerifier, type VerificationGrounds, type VerificationReport } from '../../src/audit/verify/index.js';
import { eventually, isCheckpoint, receiver, record, temporaryDirectory } from './trail-fixtures.js';

/** Records of one closed journal, with its checkpoints. */
let trail: Buffer[] = [];
let writer = '';
let lastNote: SignedCheckpoint | undefined;

beforeAll(async () => {
  const sink = receiver();
  const open = await createAuditTrail({
    directory: temporaryDirectory(),
    transports: [sink.transport],
    batchAgeMs: 1,
    drainDeadlineMs: 30_000,
  });
  for (let no = 1; no <= 10_000; no += 1) {
    record(open, no, `SELECT ${no} -- "ä\\`);
    if (no % 500 === 0) await eventually(() => sink.json.length >= no - 1);
  }
  expect(await open.close()).toBe(true);
  trail = sink.all.map((text) => Buffer.from(text));
  writer = open.stats().writerId;
  const marks = sink.all.filter(isCheckpoint);
  expect(marks.length).toBeGreaterThan(4);
  lastNote = readCheckpoint(noteOf(JSON.parse(marks.at(-1) ?? '')) ?? '');
  expect(lastNote?.size).toBe(trail.length - 1);
});

function verify(records: readonly Buffer[], grounds: VerificationGrounds = {}): VerificationReport {
  const verifier = new TrailVerifier();
  for (const bytes of records) verifier.add(bytes);
  return verifier.report(grounds);
}

/** What is wrong, by problem and number. */
const named = ({ findings }: VerificationReport): string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ problem, seq }) => `${problem} ${seq}`);

const seqOf = (bytes: Buffer): number => (JSON.parse(bytes.toString()) as { writer: { seq: number } }).writer.seq;

/** Picks a record: also the first and the last ones, and those around a checkpoint. */
const anyIndex = fc
  .tuple(fc.nat(), fc.constantFrom('any', 'first', 'last', 'checkpoint'), fc.integer({ min: -1, max: 1 }))
  .map(([random, kind, offset]) => {
    const checkpoints = trail.flatMap((bytes, index) => (isCheckpoint(bytes.toString('latin1', 0, 40)) ? [index] : []));
    const base = {
      any: random % trail.length,
      first: random % 3,
      last: trail.length - 1 - (random % 3),
      checkpoint: (checkpoints[random % checkpoints.length] ?? 0) + offset,
    }[kind];
    return Math.min(Math.max(base, 0), trail.length - 1);
  });

const RUNS = { numRuns: 40 };
const LONG = 120_000;

test('an untouched trail of 10,000 records is not accused, and all of it is covered', () => {
  const report = verify(trail);
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({
    ok: true,
    journals: [{ writer, records: trail.length, covered: trail.length - 1, closed: true }],
  });
  expect(report.keys).toEqual([{ key: lastNote?.key, trust: 'first use' }]);
});

test('any byte of any record that is changed is found, and the record is named', { timeout: LONG }, () => {
  fc.assert(
    fc.property(anyIndex, fc.nat(), fc.integer({ min: 1, max: 255 }), (index, at, difference) => {
      const bytes = Buffer.from(trail[index] ?? '');
      const position = at % bytes.length;
      bytes[position] = (bytes[position] ?? 0) ^ difference;
      const report = verify(trail.with(index, bytes));
      expect(report.ok).toBe(false);
      expect(report.findings.filter((found) => found.seq === index + 1).length).toBeGreaterThan(0);
    }),
    { numRuns: 120 },
  );
});

test('a number or a hash that is changed, in a record that is still one, is found and named', { timeout: LONG }, () => {
  const places = fc.constantFrom(/"seq":\d+/, /"prev":"./, /"id":"./, /"time":"../, /"size":\d/, /"type":"./);
  fc.assert(
    fc.property(anyIndex, places, fc.integer({ min: 1, max: 9 }), (index, place, digit) => {
      const text = trail[index]?.toString() ?? '';
      const edited = text.replace(place, (found) => `${found.slice(0, -1)}${digit}`);
      fc.pre(edited !== text);
      expect(named(verify(trail.with(index, Buffer.from(edited))))).toContain(`edited ${index + 1}`);
    }),
    RUNS,
  );
});

test('a link that was changed in the last record accuses the last record', () => {
  const last = trail.length - 1;
  const other = (_: string, digit: string): string => `"prev":"${digit === '_' ? '-' : '_'}`;
  const edited = trail[last]?.toString().replace(/"prev":"(.)/, other) ?? '';
  expect(named(verify(trail.with(last, Buffer.from(edited))))).toEqual([`edited ${last + 1}`]);
});

test('a record that is taken out is found and named', { timeout: LONG }, () => {
  fc.assert(
    fc.property(anyIndex, (index) => {
      const report = verify(trail.toSpliced(index, 1));
      if (index < trail.length - 1) expect(named(report)).toEqual([`removed ${index + 1}`]);
      else expect(report.findings.map(({ problem }) => problem)).toEqual(['open end']);
    }),
    RUNS,
  );
});

test(
  'a record that is put in is found and named, also where it is chained to the one before it',
  { timeout: LONG },
  () => {
    fc.assert(
      fc.property(anyIndex, anyIndex, fc.boolean(), (source, target, isChained) => {
        const copy = JSON.parse(trail[source]?.toString() ?? '') as {
          id: string;
          writer: { seq: number; prev?: string };
        };
        const place = (JSON.parse(trail[target]?.toString() ?? '') as typeof copy).writer;
        const forged = Buffer.from(
          JSON.stringify({ ...copy, id: 'forged', writer: isChained ? place : { ...copy.writer, prev: 'x' } }),
        );
        const report = verify(trail.toSpliced(target, 0, forged));
        expect(report.ok).toBe(false);
        expect(report.findings).toContainEqual(expect.objectContaining({ problem: 'inserted', id: 'forged', writer }));
        expect(named(report)).toHaveLength(1);
      }),
      RUNS,
    );
  },
);

test('a record that is there twice is found and named, wherever the second stands', { timeout: LONG }, () => {
  fc.assert(
    fc.property(anyIndex, anyIndex, (source, target) => {
      const report = verify(trail.toSpliced(target, 0, trail[source] ?? Buffer.alloc(0)));
      expect(named(report)).toContain(`duplicated ${source + 1}`);
    }),
    RUNS,
  );
});

test('two records that have changed places are found, and one of them is named', { timeout: LONG }, () => {
  fc.assert(
    fc.property(anyIndex, anyIndex, (one, two) => {
      fc.pre(one !== two);
      const swapped = trail.with(one, trail[two] ?? Buffer.alloc(0)).with(two, trail[one] ?? Buffer.alloc(0));
      const found = named(verify(swapped));
      expect(found.some((name) => name === `reordered ${one + 1}` || name === `reordered ${two + 1}`)).toBe(true);
    }),
    RUNS,
  );
});

test('batches that have changed places are found', { timeout: LONG }, () => {
  const report = verify([
    ...trail.slice(0, 2000),
    ...trail.slice(4000, 5000),
    ...trail.slice(2000, 4000),
    ...trail.slice(5000),
  ]);
  expect(named(report)).toEqual(['reordered 4001']);
});

test(
  'an end that was cut off is found by a checkpoint that was kept elsewhere, and is a warning without',
  { timeout: LONG },
  () => {
    const witnessed = lastNote === undefined ? [] : [lastNote];
    fc.assert(
      fc.property(fc.integer({ min: 2, max: trail.length - 2 }), (length) => {
        const cut = trail.slice(0, length);
        expect(named(verify(cut, { witnessed }))).toEqual([`truncated ${length + 1}`]);
        expect(verify(cut).findings).toMatchObject([{ problem: 'open end', severity: 'warning', seq: length, writer }]);
      }),
      { numRuns: 15 },
    );
    expect(named(verify([], { witnessed }))).toEqual(['unknown key undefined']);
    expect(named(verify([], { witnessed, keys: [lastNote?.key ?? ''] }))).toEqual(['missing journal undefined']);
  },
);

test(
  'records that are all chained anew after a change are found by the root that was signed',
  { timeout: LONG },
  async () => {
    const { createHash } = await import('node:crypto');
    const index = 6000;
    let prev = '';
    const chained = trail.map((bytes, at) => {
      let text = bytes.toString();
      if (at === index) text = text.replace(/"text":"SELECT/, '"text":"DELETE');
      if (at > index) text = text.replace(/"prev":"[^"]+"/, `"prev":"${prev}"`);
      prev = createHash('sha256').update(text).digest('base64url');
      return Buffer.from(text);
    });
    const { findings } = verify(chained);
    expect(findings).toMatchObject([{ problem: 'forged', writer }]);
    const [first, last] =
      /records (\d+) to (\d+)/
        .exec(findings[0]?.message ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    expect(first).toBeLessThanOrEqual(index + 1);
    expect(last).toBeGreaterThan(index);
    expect(seqOf(chained[index] ?? Buffer.alloc(0))).toBe(index + 1);
  },
);
