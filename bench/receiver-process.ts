import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('receiver.ts', import.meta.url));

/** Where the records of a bench go. */
export interface ReceiverProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a receiver, and waits until it listens. */
export async function startReceiver(): Promise<ReceiverProcess> {
  const child = fork(program, { execArgv: ['--import', 'tsx'] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/v1/records`,
    async stop(): Promise<void> {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
