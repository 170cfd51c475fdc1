import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ProcessSample, SAMPLE } from './process-sample.js';
import { answerOf } from './soak-child.js';

const PROGRAM = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const SAMPLER = new URL('collector-sampler.ts', import.meta.url).href;

/** A collector as it is installed, which can be killed and started again on the same port and directory. */
export class SoakCollector {
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #port = '0';

  constructor(directory: string) {
    this.#directory = directory;
  }

  get recordsUrl(): string {
    return `http://127.0.0.1:${this.#port}/v1/records`;
  }

  async start(): Promise<void> {
    const node = ['--expose-gc', '--import', 'tsx', '--import', SAMPLER];
    const child = spawn(
      process.execPath,
      [...node, PROGRAM, 'collector', '--dir', this.#directory, '--port', this.#port],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    this.#child = child;
    if (child.stdout === null) throw new Error('the collector says nothing');
    const ended = once(child, 'exit').then(([code, by]) => {
      throw new Error(`the collector ended with ${String(code ?? by)}`);
    });
    ended.catch(() => undefined);
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    this.#port = new URL(line.split(' ').at(-1) ?? '').port;
  }

  async sample(): Promise<ProcessSample> {
    if (this.#child === undefined) throw new Error('the collector was not started');
    this.#child.send(SAMPLE);
    return (await answerOf(this.#child, 'the collector')) as ProcessSample;
  }

  /** How many records it has. */
  async records(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/v1/size`);
    return ((await answer.json()) as { records: number }).records;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
