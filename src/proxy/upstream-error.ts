import type { ErrPacket } from '../wire/err-packet.js';

/** Errors of a login that are about what the client wants. The server's own texts name the account behind. */
const OF_THE_CLIENT: Readonly<Record<number, string>> = {
  1040: 'the database has too many connections',
  1044: 'the schema is not there, or may not be used',
  1049: 'the schema is not there, or may not be used',
  1203: 'the database has too many connections',
  1226: 'the database has too many connections',
};
const COMMUNICATION: Pick<ErrPacket, 'errno' | 'sqlState'> = { errno: 1105, sqlState: '08S01' };

/** The database could not be had. The message may be told to anybody; why stands in the cause. */
export class UpstreamError extends Error {
  /** What the client is told. */
  readonly packet: ErrPacket;

  constructor(message: string, options?: ErrorOptions, packet: Pick<ErrPacket, 'errno' | 'sqlState'> = COMMUNICATION) {
    super(message, options);
    this.name = 'UpstreamError';
    this.packet = { ...packet, message };
  }

  /** What the server said to the login; undefined where it said nothing, and another host may be tried. */
  static ofServer(error: unknown): UpstreamError | undefined {
    const {
      errno,
      sqlState = 'HY000',
      sqlMessage,
    } = error as { errno?: unknown; sqlState?: string; sqlMessage?: string };
    if (typeof errno !== 'number' || errno < 1_000 || sqlMessage === undefined) return undefined;
    const text = OF_THE_CLIENT[errno];
    if (text !== undefined) return new UpstreamError(text, { cause: error }, { errno, sqlState });
    return new UpstreamError('the database does not let the proxy in', { cause: error });
  }
}
