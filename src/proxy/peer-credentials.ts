import type { Socket } from 'node:net';
import { FailureError } from '../errors.js';

/** Who is at the other end of a socket of this machine, as the kernel knows it: ids of when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Asks the kernel. @throws FailureError `CONNECTION_UNSUPPORTED` where it does not tell, or the socket is closed */
export type PeerReader = (socket: Socket) => PeerCredentials;

/** `getsockopt(2)` of SOL_SOCKET and SO_PEERCRED, which gives a `struct ucred`: pid, uid and gid, of 32 bits each. */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const UCRED_BYTES = 12;
/** Elsewhere, the options have other numbers. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64', 'arm', 'ia32', 'riscv64', 's390x', 'loong64']);

/**
 * Makes ready to ask who is at the other end of sockets. Node.js cannot: the C library is called, by the package `koffi`.
 * @throws FailureError `OPTIONS_INVALID` where this is not Linux, or the package is not there
 */
export async function loadPeerReader(): Promise<PeerReader> {
  if (process.platform !== 'linux' || !ARCHITECTURES.has(process.arch))
    throw invalid(`peerIdentity: on ${process.platform} ${process.arch} nobody can tell who opens a socket`);
  const getsockopt = await loadGetsockopt();
  return (socket) => {
    // Of its own memory, and so on a word's boundary.
    const value = Buffer.from(new ArrayBuffer(UCRED_BYTES));
    const length: [number] = [UCRED_BYTES];
    const fd = descriptorOf(socket);
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0 || length[0] !== UCRED_BYTES)
      throw new FailureError('CONNECTION_UNSUPPORTED', 'the system does not tell who opened this socket');
    const [pid = 0, uid = 0, gid = 0] = new Uint32Array(value.buffer, value.byteOffset);
    return { pid, uid, gid };
  };
}

type Getsockopt = (...args: [fd: number, level: number, name: number, value: Buffer, length: [number]]) => number;

async function loadGetsockopt(): Promise<Getsockopt> {
  try {
    const { default: koffi } = await import('koffi');
    const declaration = 'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)';
    return koffi.load(null).func(declaration) as Getsockopt;
  } catch (cause) {
    throw invalid('peerIdentity needs the package koffi, which asks the kernel: npm install koffi', cause);
  }
}

/** Node.js has the descriptor at the socket's handle; -1 where it is closed. */
function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  return typeof handle?.fd === 'number' ? handle.fd : -1;
}

function invalid(problem: string, cause?: unknown): FailureError {
  return new FailureError('OPTIONS_INVALID', `createProxy: listeners: ${problem}`, { cause });
}
