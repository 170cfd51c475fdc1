import type { ColumnDefinition } from './column-definition.js';
import type { ErrPacket } from './err-packet.js';
import type { OkPacket } from './ok-packet.js';
import type { RowRewriter } from './row-rewriter.js';

/** What is to become of the rows of a result set, decided when its column definitions are there and before row one. */
export type RowDecision = { readonly rewrite: RowRewriter } | { readonly refuse: ErrPacket } | undefined;

/** Learns what the server answered. */
export interface ResponseObserver {
  /** The definitions of a result set's columns are complete; asked only where `inspects` was set. */
  onColumns(columns: readonly ColumnDefinition[], binary: boolean): RowDecision;
  /** A result without rows. */
  onOk(ok: OkPacket): void;
  /** A result set has ended. `bytes` counts its row packets. */
  onRows(rows: number, bytes: number, status: number): void;
  /**
   * The command has failed, or its result set broke off.
   * @returns what the client gets in its place; heeded only where `inspects` or limits were set
   */
  onError(error: ErrPacket): ErrPacket;
  /**
   * The next row would be more than the limits allow: it and what follows do not reach the client.
   * @returns the error that ends the result; undefined where it is to end as if there were no more
   */
  onLimit(limit: 'rows' | 'bytes'): ErrPacket | undefined;
  /** COM_STMT_PREPARE has succeeded. */
  onPrepared(statementId: number, parameterCount: number): void;
  /** The server asks for a file of the client's (LOCAL INFILE). False refuses. */
  onLocalInfile(fileName: string): boolean;
  /** Nothing more is to come for this command. */
  onComplete(): void;
}
