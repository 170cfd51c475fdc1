/** A shell as a reader has it, in which `countersign` is the command as it is built. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebianProgram } from '../../test/transports/debian-program.js';
import { CLI } from './cli-process.js';

/** How a command ended. */
export interface Answer {
  readonly code: number | null;
  /** Standard output and standard error, as a terminal shows them. */
  readonly output: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Makes a folder for PATH with `countersign`, and with `npx`, which knows no other.
 * @param programs that may not be on PATH, by their names
 */
export function makeCommandFolder(folder: string, programs: Readonly<Record<string, DebianProgram>> = {}): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, script: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  write('countersign', `exec ${quoted(process.execPath)} ${quoted(CLI)} "$@"`);
  write('npx', '[ "$1" = countersign ] && exec "$@"; echo "npx: what is $1?" >&2; exit 127');
  for (const [name, { path, env }] of Object.entries(programs)) {
    const set = Object.entries(env).map(([variable, value]) => `${variable}=${quoted(value)} `);
    write(name, `${set.join('')}exec ${quoted(path)} "$@"`);
  }
}

/** Runs a command line to its end. */
export async function runInShell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  const child = spawn('sh', ['-c', `exec 2>&1\n${command}`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
