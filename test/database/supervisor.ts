/**
 * Runs a server under a small shell that outlives us. The shell holds the other end of a pipe that we hold: its end of file means that we
 * stopped the server, or that we died, also by SIGKILL. Both take the same way out, so what is cleaned up after a crash is cleaned up always.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

// $1: folder to remove. $2: container to remove, or empty. The rest: the server, which must stay one process (a wrapper has to exec).
// `read` is the shell's own, so that nothing but the two shells waits on the pipe. SIGKILL is right for a server whose data is removed next.
// `ended` keeps a pid that is free again from being killed. A program that prepares the folder is ended with us: it would go on writing there.
// The second `rm` is for a process that was killed and is not gone yet.
const SCRIPT = `
directory=$1 container=$2
shift 2
exec 3<&0
trap '' PIPE
group=
while read -r word <&3 && [ "$word" != start ]; do
  group=$word word=
done
if [ "$word" = start ]; then
  (trap - PIPE; exec "$@" </dev/null >"$directory/server.log" 2>&1 3<&-) &
  server=$!
  {
    read -r _ <&3
    [ -e "$directory/ended" ] || kill -KILL "$server"
    [ -z "$container" ] || docker rm --force --volumes "$container"
  } >/dev/null 2>&1 &
  end=$!
  wait "$server"
  : >"$directory/ended"
  echo ended
  wait "$end"
elif [ -n "$group" ]; then
  kill -KILL -- "-$group" 2>/dev/null
fi
rm -rf "$directory" || { sleep 2; rm -rf "$directory"; }
`;

/** A server that is about to run, or runs. */
export interface SupervisedServer {
  /** Names the process group that prepares the folder now. It is ended, too, unless the server was started. */
  prepare(group: number): void;
  /** Starts it. Until then only its folder is looked after. */
  start(): void;
  /** True once the server has ended by itself, or was told to. Its folder stays until {@link SupervisedServer.stop}. */
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
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

function settled(shell: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    shell.once('exit', () => {
      resolve();
    });
    shell.once('error', () => {
      resolve();
    });
  });
}

/** Looks after a folder and the server in it: both are gone when it is stopped, or when this process ends in whatever way. */
export function supervise({ command, args, directory, container = '', env = {} }: SupervisedCommand): SupervisedServer {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'countersign-database', directory, container, command, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Its own session: Ctrl-C on the terminal must not end the one that cleans up.
    detached: true,
    env: { ...process.env, ...env },
  });
  let ended = false;
  const markEnded = (): void => {
    ended = true;
  };
  shell.stdout.once('data', markEnded);
  shell.stdin.on('error', markEnded);
  const gone = settled(shell).then(markEnded);
  // A program that forgets to stop its database ends all the same.
  shell.unref();
  for (const pipe of [shell.stdin, shell.stdout]) if (pipe instanceof Socket) pipe.unref();

  const stop = (): Promise<void> => {
    ended = true;
    shell.ref();
    shell.stdin.destroy();
    return gone;
  };
  const say = (word: string): void => void shell.stdin.write(`${word}\n`);
  return {
    prepare: (group) => {
      say(String(group));
    },
    start: () => {
      say('start');
    },
    hasEnded: () => ended,
    stop,
  };
}
