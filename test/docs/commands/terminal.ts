import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Answer } from '../../../examples/stage/shell.js';

/** After which a command is killed. */
const DEADLINE_MS = 20_000;
/** The directory and the environment that a command leaves, for the next one. */
const TELL_STATE = String.raw`
status=$?
{ pwd; env -0; } >&3
exit $status`;

/** A command that runs until it is ended. */
interface Serving {
  readonly text: string;
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly ended: Promise<number | null>;
}

/** A reader's terminal: what one command exports, and where it goes to, holds for the next. */
export class Terminal {
  /** The environment of the next command. */
  env: NodeJS.ProcessEnv;
  /** Where the next command runs. */
  directory: string;
  #lastCode = 0;
  readonly #serving: Serving[] = [];

  constructor(directory: string, env: NodeJS.ProcessEnv) {
    this.directory = directory;
    this.env = env;
  }

  /** Runs a command to its end. */
  async run(text: string): Promise<Answer> {
    const { directory: cwd, env } = this;
    const script = `exec 2>&1\n(exit ${this.#lastCode})\n${text}${TELL_STATE}`;
    const child = spawn('sh', ['-c', script], {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    const late = setTimeout(() => end(child.pid, 'SIGKILL'), DEADLINE_MS);
    const [output, state] = [collect(child.stdout), collect(child.stdio[3] as Readable)];
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(late);
    this.#lastCode = code ?? 1;
    const [place, variables] = split(state(), '\n');
    if (place !== '') this.directory = place;
    if (variables !== '')
      this.env = Object.fromEntries(
        variables
          .split('\0')
          .slice(0, -1)
          .map((one) => split(one, '=')),
      );
    return { code, output: output() };
  }

  /** Starts a command that serves, and waits until it says what it should. @returns what it has said, and its code where it ended before */
  async serve(text: string, until: RegExp): Promise<Answer & { readonly isServing: boolean }> {
    const { directory: cwd, env } = this;
    // The shell waits for what it has started, and ends as that ends.
    const script = `exec 2>&1\ntrap : INT\n${text}\n`;
    const child = spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const output = collect(child.stdout);
    const ended = once(child, 'close').then(([code]) => code as number | null);
    const hasSaid = new Promise<boolean>((resolve) => {
      child.stdout.on('data', () => {
        if (until.test(output())) resolve(true);
      });
      setTimeout(() => resolve(false), DEADLINE_MS).unref();
    });
    const isServing = await Promise.race([hasSaid, ended.then(() => false)]);
    if (isServing) this.#serving.push({ text, child, ended });
    else end(child.pid, 'SIGKILL');
    return { code: child.exitCode, output: output(), isServing };
  }

  /** Presses Ctrl-C in all that serves. @returns how each ended */
  async close(): Promise<readonly { readonly text: string; readonly code: number | null }[]> {
    const serving = this.#serving.splice(0);
    for (const { child } of serving) end(child.pid, 'SIGINT');
    return Promise.all(
      serving.map(async ({ text, child, ended }) => {
        const late = setTimeout(() => end(child.pid, 'SIGKILL'), DEADLINE_MS);
        const code = await ended;
        clearTimeout(late);
        return { text, code };
      }),
    );
  }
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (part: string) => (text += part));
  return () => text;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** The command, and what it has started. */
function end(group: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (group !== undefined) process.kill(-group, signal);
  } catch {
    // It has ended.
  }
}
