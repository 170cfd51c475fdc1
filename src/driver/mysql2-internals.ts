/**
 * What of mysql2's objects the adapter touches. mysql2 3.x publishes no types for these members; each is checked before it is
 * relied on, and a driver that lacks one is refused rather than left ungoverned.
 *
 * @module
 */

import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/** A queued or running command. */
export interface Mysql2Command extends EventEmitter {
  onResult?: ((...args: unknown[]) => unknown) | undefined;
}

/** What takes the bytes of the server. */
export interface Mysql2PacketParser {
  execute(chunk: Buffer): unknown;
}

/** A core (callback) connection. */
export interface Mysql2Connection extends EventEmitter {
  config: {
    clientFlags: number;
    compress?: unknown;
    host?: string;
    port?: number;
    socketPath?: string;
    /** A stream, or what makes one for each connection. */
    readonly stream?: unknown;
  };
  stream: Duplex;
  authorized: boolean;
  serverCapabilityFlags: number;
  /** Of the next compressed packet. */
  compressedSequenceId: number;
  packetParser: Mysql2PacketParser | undefined;
  _inflatedPacketsParser?: Mysql2PacketParser | undefined;
  _mariadbExtendedMetadata?: boolean;
  _command: Mysql2Command | null | undefined;
  _commands: { readonly length: number; get?(index: number): unknown; peekAt?(index: number): unknown };
  _handshakePacket: unknown;
  _statements?: unknown;
  _fatalError?: unknown;
  _closing?: boolean;
  addCommand(command: Mysql2Command): Mysql2Command;
  write(buffer: Buffer): void;
  destroy(): void;
  /** Present with compression: what writes compressed bytes to the socket. */
  writeUncompressed?: (buffer: Buffer) => void;
  _handleFatalError(error: Error): void;
}

/** A core (callback) pool. */
export interface Mysql2Pool extends EventEmitter {
  config: { connectionConfig: Mysql2Connection['config'] };
  _allConnections: { readonly length: number; get?(index: number): unknown; peekAt?(index: number): unknown };
  _freeConnections?: { readonly length: number };
  getConnection(callback: (error: unknown, connection: Mysql2Connection) => void): unknown;
}

/** A core (callback) pool cluster. */
export interface Mysql2PoolCluster extends EventEmitter {
  _nodes: Record<string, { pool: Mysql2Pool }>;
  add(...args: unknown[]): unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A core connection of mysql2, open or opening. */
export function isConnection(value: unknown): value is Mysql2Connection {
  return (
    isObject(value) &&
    typeof value.addCommand === 'function' &&
    typeof value.write === 'function' &&
    typeof value.writePacket === 'function' &&
    typeof value._handleFatalError === 'function' &&
    isObject(value.packetParser) &&
    typeof value.packetParser.execute === 'function' &&
    isObject(value.stream) &&
    isObject(value._commands)
  );
}

/** Lets go of what a connection keeps of its login, and of what only its own commands need: it will never have any. */
export function forgetLogin(connection: Mysql2Connection): void {
  connection._command = undefined;
  connection._handshakePacket = undefined;
  connection.packetParser = undefined;
  connection._statements = undefined;
}

/** A core pool of mysql2. */
export function isPool(value: unknown): value is Mysql2Pool {
  return isObject(value) && isObject(value._allConnections) && typeof value.getConnection === 'function';
}

/** A core pool cluster of mysql2. */
export function isPoolCluster(value: unknown): value is Mysql2PoolCluster {
  return isObject(value) && isObject(value._nodes) && typeof value.add === 'function' && typeof value.of === 'function';
}

/** The core object behind a promise object; the value itself where it is none. */
export function coreOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  for (const inner of [value.connection, value.pool, value.poolCluster]) {
    if (isConnection(inner) || isPool(inner) || isPoolCluster(inner)) return inner;
  }
  return value;
}

/** Element of mysql2's queues, which were denque before they were its own. */
export function queueElement(
  queue: { readonly length: number; get?(index: number): unknown; peekAt?(index: number): unknown },
  index: number,
): unknown {
  return queue.get?.(index) ?? queue.peekAt?.(index);
}
