import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ProcessSample, SAMPLE } from './process-sample.js';

/** A process that is looked at while it works. */
export interface SoakChild {
  /** What it said first. */
  readonly ready: unknown;
  sample(): Promise<ProcessSample>;
  /** Has it end what it does. @returns the last thing it said */
  finish(): Promise<unknown>;
}

/** Told to a process that is to end what it does, and say how it went. */
export const FINISH = 'finish';

/**
 * Starts a program of this folder, and waits until it says that it is ready.
 * @throws Error where it ends before it is asked to
 */
export async function startSoakChild(name: string, setup: object): Promise<SoakChild> {
  const program = fileURLToPath(new URL(name, import.meta.url));
  const child = fork(program, [JSON.stringify(setup)], { execArgv: ['--import', 'tsx', '--expose-gc'] });
  return {
    ready: await answerOf(child, name),
    sample: async () => {
      child.send(SAMPLE);
      return (await answerOf(child, name)) as ProcessSample;
    },
    async finish(): Promise<unknown> {
      child.send(FINISH);
      const said = await answerOf(child, name);
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      return said;
    },
  };
}

/** The next thing that a process says. @throws Error where it ends instead */
export async function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  const abort = new AbortController();
  const { signal } = abort;
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`${name} ended with ${String(code ?? by)}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
    return message;
  } finally {
    abort.abort();
    await ended.catch(() => undefined);
  }
}
