import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { afterThisTest, eventually } from './trail-fixtures.js';

/** A child process that a test started, and what it said. */
export interface Child {
  readonly pid: number;
  /** Lines of standard output so far. */
  readonly lines: readonly string[];
  /** Waits for a line that begins so. */
  said(start: string): Promise<string>;
  /** Sends a signal, by default KILL, and waits for the end. Returns the exit code. */
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  /** Waits for the end. Returns the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a program, in TypeScript or JavaScript, in a process of its own, killed after the test at the latest. */
export function startChild(file: URL, args: readonly string[], env: NodeJS.ProcessEnv = {}): Child {
  const loader = file.pathname.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, file.pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const closed = new Promise<void>((resolve) => reader.once('close', resolve));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ended = closed.then(() => exited);
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  afterThisTest(() => kill());
  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    kill,
    said: async (start) => {
      await eventually(() => lines.some((line) => line.startsWith(start)), `the child's "${start}"`);
      return lines.find((line) => line.startsWith(start)) ?? '';
    },
  };
}
