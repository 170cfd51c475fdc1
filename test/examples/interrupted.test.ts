import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, inject, it, onTestFinished } from 'vitest';
import { listens } from '../transports/listens.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Interrupted {
  /** By which it ended. */
  readonly signal: NodeJS.Signals | null;
  /** That it had said something of. */
  readonly ports: readonly number[];
  /** In its folder for temporary files. */
  readonly left: readonly string[];
}

/** Plays an example, and interrupts it as soon as it has said something. */
async function interrupt(name: string, saying: string, signal: NodeJS.Signals): Promise<Interrupted> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-interrupted-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/run.ts', name], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ports: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const port = /(?:127\.0\.0\.1:| port )(\d+)/.exec(line)?.[1];
    // A database that was given runs on.
    if (port !== undefined && Number(port) !== inject('database').port) ports.push(Number(port));
    if (line.includes(saying)) child.kill(signal);
  });
  const [, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const left = (await readdir(folder)).filter((entry) => entry.startsWith('countersign-'));
  return { signal: endedBy, ports, left };
}

it.each([
  ['while it is played', 'express', 'Two agents at once', 'SIGINT', 3],
  ['with a proxy and a client of it', 'python', 'python3 agent.py', 'SIGINT', 5],
  ['while it is set up', 'demo', 'OIDC issuer', 'SIGTERM', 1],
] as const)('an example that is ended %s leaves nothing behind', async (_, name, saying, signal, count) => {
  const { ports, left, ...ended } = await interrupt(name, saying, signal);
  expect(ended).toEqual({ signal });
  expect(left).toEqual([]);
  expect(ports.length).toBeGreaterThanOrEqual(count);
  expect(await Promise.all(ports.map(listens))).not.toContain(true);
});
