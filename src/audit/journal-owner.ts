import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { join } from 'node:path';

import { FailureError } from '../errors.js';

/** `sun_path` holds 104 bytes on macOS, 108 on Linux, with a final zero. */
const MAX_SOCKET_PATH_BYTES = 100;

/** Proof to other processes that this one lives: a listening socket in the audit directory, closed by the kernel at death. */
export interface JournalOwner {
  /** Made anew for each process and never used again, so a dead owner stays dead. */
  readonly id: string;
  /** Gives up the proof. */
  release(): Promise<void>;
}

interface SocketPath {
  readonly path: string;
  free(): void;
}

/**
 * Announces this process as the owner of journals in a directory.
 *
 * Node has no flock. A Unix socket does the same: the kernel stops listening on it when the process dies, however it dies. It stands in
 * the file system, so containers that share the directory see each other too (on one host; the directory must be on a local disk).
 * @param directory - existing and writable
 * @throws FailureError `JOURNAL_UNAVAILABLE` when the socket cannot be made
 */
export async function createJournalOwner(directory: string): Promise<JournalOwner> {
  const id = randomBytes(6).toString('hex');
  const socket = socketPath(directory, id);
  const server = createServer((connection) => connection.destroy());
  try {
    await listen(server, socket.path);
  } catch (cause) {
    socket.free();
    throw new FailureError(
      'JOURNAL_UNAVAILABLE',
      `cannot make the lock socket in the audit directory ${directory}: use a writable directory on a local disk`,
      { cause },
    );
  }
  server.unref();
  return {
    id,
    release: () =>
      new Promise((resolve) =>
        server.close(() => {
          socket.free();
          resolve();
        }),
      ),
  };
}

/** Tells whether the owner of a journal lives. In doubt it does: only a refused connection or a missing socket counts as death. */
export function isOwnerAlive(directory: string, ownerId: string): Promise<boolean> {
  const socket = socketPath(directory, ownerId);
  return new Promise((resolve) => {
    const connection = connect(socket.path);
    const settle = (alive: boolean): void => {
      connection.destroy();
      socket.free();
      resolve(alive);
    };
    connection.once('connect', () => settle(true));
    connection.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The name of an owner's socket file. */
export const ownerSocketName = (ownerId: string): string => `${ownerId}.sock`;

function socketPath(directory: string, ownerId: string): SocketPath {
  if (process.platform === 'win32') return { path: `\\\\.\\pipe\\countersign-${ownerId}`, free: () => undefined };
  const path = join(directory, ownerSocketName(ownerId));
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { path, free: () => undefined };
  if (process.platform !== 'linux') {
    throw new FailureError(
      'OPTIONS_INVALID',
      `audit.directory: ${directory} is too long a path for a socket; use a shorter one`,
    );
  }
  // A path too long for sun_path is reached through a descriptor of its directory.
  const fd = openSync(directory, 'r');
  return { path: `/proc/self/fd/${fd}/${ownerSocketName(ownerId)}`, free: () => closeSync(fd) };
}
