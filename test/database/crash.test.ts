import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';

const PROGRAM = `
import { startDatabase } from './test/database/index.ts';
const { port } = await startDatabase({ onProgress: (line) => console.log(line) });
console.log('ready ' + port);
`;
const HOLD = 'setInterval(() => undefined, 1_000);';
const GONE = { timeout: 10_000, interval: 50 };

let folder: string;

beforeEach(() => {
  // The socket's path has to stay short.
  folder = mkdtempSync(join(tmpdir(), 'cs-'));
  mkdirSync(join(folder, 'tmp'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Elsewhere {
  /** Resolves with the first line that contains the text. */
  line(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<unknown>;
}

/** Starts a database in another process, which has temporary and cache folders of its own. */
function startElsewhere(program: string): Elsewhere {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: join(folder, 'tmp'), XDG_CACHE_HOME: join(folder, 'cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = async (text: string): Promise<string> => {
    for await (const printed of createInterface({ input: child.stdout })) if (printed.includes(text)) return printed;
    throw new Error(`the program ended without printing "${text}"`);
  };
  return { line, kill: (signal) => void child.kill(signal), exited };
}

function instanceFolders(): string[] {
  return readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('countersign-db-'));
}

function serverPid(): number {
  const [instance = ''] = instanceFolders();
  return Number(readFileSync(join(folder, 'tmp', instance, 'server.pid'), 'utf8'));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// The launcher is what is tested: a server that was given has none.
describe.skipIf(!inject('database').owned)('a program that ends without stopping its database', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)('leaves neither server nor folder when it is ended by %s', async (signal) => {
    const program = startElsewhere(PROGRAM + HOLD);
    await program.line('ready');
    const pid = serverPid();
    expect(isRunning(pid)).toBe(true);
    program.kill(signal);
    await program.exited;
    await vi.waitFor(() => {
      expect({ running: isRunning(pid), folders: instanceFolders() }).toEqual({ running: false, folders: [] });
    }, GONE);
  });

  it('leaves no folder, and no half-made template, when it is killed while it prepares the data directory', async () => {
    const program = startElsewhere(PROGRAM + HOLD);
    await program.line('making a data directory template');
    program.kill('SIGKILL');
    await program.exited;
    await vi.waitFor(() => {
      expect(instanceFolders()).toEqual([]);
    }, GONE);
    expect(readdirSync(join(folder, 'cache', 'countersign', 'templates'))).toEqual([]);
  });

  it('ends by itself', async () => {
    const program = startElsewhere(PROGRAM);
    const [code] = (await program.exited) as [number];
    expect(code).toBe(0);
    await vi.waitFor(() => {
      expect(instanceFolders()).toEqual([]);
    }, GONE);
  });
});
