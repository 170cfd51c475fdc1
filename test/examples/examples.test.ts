import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { findPython } from '../../examples/python/find-python.js';
import { run, type RunResult } from '../database/run.js';
import { findReceiver } from '../transports/debian-program.js';
import { RSYSLOG } from '../transports/rsyslog-program.js';
import { missingLines } from './shown-output.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = readdirSync(`${root}/examples`).filter((name) => existsSync(`${root}/examples/${name}/main.ts`));

const play = (...args: readonly string[]): Promise<RunResult> =>
  run(process.execPath, ['--import', 'tsx', 'examples/run.ts', ...args], { cwd: root, env: { NO_COLOR: '1' } });
const times = (output: string, text: string): number => output.split(text).length - 1;

/** Why what an example is about is not here. */
const whyMissing: Readonly<Record<string, () => Promise<string | undefined>>> = {
  python: () =>
    findPython(() => undefined).then(
      () => undefined,
      (error: unknown) => String(error),
    ),
  'siem-syslog': async () => ((await findReceiver(RSYSLOG)) === undefined ? 'rsyslog is not here' : undefined),
};

/** What somebody may see who plays it, though it is masked for others. */
const seenInPlain: Readonly<Record<string, string>> = { cookbook: 'alice.adams@example.test' };

/** What its page cannot say of the output. */
const alsoHolds: Readonly<Record<string, (output: string) => void>> = {
  agent: (output) => expect(times(output, '  denied  ')).toBe(1),
  express: (output) => {
    expect(output).not.toMatch(/support-agent {2}task OPS-77|billing-agent {2}task SUP-1042/);
  },
  orms: (output) => {
    expect(times(output, 'Alice Adams <a***@example.test>')).toBe(7);
    expect(times(output, 'Refused by no-unbounded-writes')).toBe(6);
    expect(times(output, 'Database error. Code: `1227`')).toBe(1);
  },
  'siem-http': (output) => expect(times(output, 'Of the refused statement it has')).toBe(3),
  'siem-syslog': (output) => {
    const messages = Array.from(output.matchAll(/^<\d+>1 .*?\] (\{.*\})$/gm), ([, json = '']) => JSON.parse(json));
    expect(messages).toMatchObject([
      { agent: { name: 'support-agent' }, statement: { text: expect.stringContaining('SELECT') as string } },
      { agent: { name: 'support-agent' }, statement: { text: 'DELETE FROM orders' }, verdict: { effect: 'deny' } },
    ]);
  },
};

async function skipWithout(context: TestContext, name: string): Promise<void> {
  const missing = await whyMissing[name]?.();
  if (missing === undefined) return;
  process.stderr.write(`SKIPPED: ${missing}\n`);
  context.skip(missing);
}

describe('an example', () => {
  it.for(names)('does what its page shows: %s', { timeout: 180_000 }, async (name, context) => {
    await skipWithout(context, name);
    const { ok, output } = await play(name);
    expect([ok, ok ? '' : output]).toEqual([true, '']);
    expect(missingLines(name, output), output).toEqual([]);
    alsoHolds[name]?.(output);
    // Nobody else who plays it has seen what is masked.
    const others = output.replaceAll(seenInPlain[name] ?? '-', '-');
    expect(others).not.toMatch(/alice\.adams@|carol@|bob@/);
  });

  it('is named in the list, with the title of its page', () => {
    const list = readFileSync(`${root}/examples/README.md`, 'utf8');
    expect(names.filter((name) => !list.includes(`| [${name}](${name}/README.md)`))).toEqual([]);
    expect(names.length).toBeGreaterThan(9);
  });
});

it('which examples there are is told where none is named, and an unknown one fails', async () => {
  const { ok, output } = await play();
  expect(ok).toBe(true);
  for (const name of names) expect(output).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  expect(await play('no-such-example')).toEqual({ ok: false, output });
});
