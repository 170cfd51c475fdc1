/**
 * Runs a server under a small shell that outlives us. The shell holds the other end of a pipe that we hold: its end of file means that we
 * stopped the server, or that we died, also by SIGKILL. Both take the same way out, so what is cleaned up after a crash is cleaned up always.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';

// $1: folder to remove. $2: container to remove, or empty. The rest: the server, which must stay one process (a wrapper has to exec).
// `read` is the shell's own, so that nothing but the two shells waits on the pipe. SIGKILL is right for a server whose data is removed next.
const SCRIPT = `
directory=$1 container=$2
shift 2
exec 3<&0
"$@" </dev/null >"$directory/server.log" 2>&1 3<&- &
server=$!
trap '' PIPE
( read -r _ <&3; kill -KILL "$server"; [ -z "$container" ] || docker rm --force --volumes "$container" ) >/dev/null 2>&1 &
end=$!
wait "$server"
echo "$?"
wait "$end"
rm -rf "$directory"
`;

/** A server that runs. */
export interface SupervisedServer {
  /** Settles when the server ends by itself; its folder stays until {@link SupervisedServer.stop}. */
  readonly ended: Promise<void>;
  /** True once the server has ended, or was told to. */
  hasEnded(): boolean;
  /** Ends the server and removes its folder; the same promise every time. */
  stop(): Promise<void>;
}

/** What to run. */
export interface SupervisedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Where `server.log` is written; removed at the end. */
  readonly directory: string;
  /** Docker container that the command runs, removed at the end. */
  readonly container?: string;
}

/** Starts a server that ends, and whose folder is removed, when it is stopped or when this process ends in whatever way. */
export function supervise({ command, args, directory, container = '' }: SupervisedCommand): SupervisedServer {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'countersign-database', directory, container, command, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Its own session: Ctrl-C on the terminal must not end the one that cleans up.
    detached: true,
  });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    shell.stdout.once('data', resolve);
    shell.once('exit', () => {
      resolve();
    });
  }).then(() => {
    hasEnded = true;
  });
  const gone = new Promise<void>((resolve) => {
    shell.once('exit', () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    hasEnded = true;
    shell.ref();
    shell.stdin.destroy();
    await gone;
    await rm(directory, { recursive: true, force: true });
  };
  // A program that forgets to stop its database ends all the same.
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout])
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  let stopping: Promise<void> | undefined;
  return { ended, hasEnded: () => hasEnded, stop: () => (stopping ??= stop()) };
}
