import { type OperationName, operations, type SoakDatabase } from './operations.js';

/** How often each of what is done was done. */
export type Tally = Record<OperationName | 'cut', number>;

const names = Object.keys(operations) as OperationName[];

/** Of a connection that was cut. */
const CUT_CODES =
  /^(PROTOCOL_CONNECTION_LOST|ECONNRESET|EPIPE|ER_CONNECTION_KILLED|ER_SERVER_SHUTDOWN|ER_NEW_ABORTING_CONNECTION)$/;
/** In the message of a statement that is refused because the connection was cut over which the schemas are read. */
const CUT_CATALOGUE = /\(rule catalogue\).*could not be read/;

/** An empty tally. */
export function emptyTally(): Tally {
  return Object.fromEntries([...names, 'cut'].map((name) => [name, 0])) as Tally;
}

/**
 * Does one thing after the other until it is to end.
 * @param worker number of this one among those that run at once
 * @param pauseMs at least so long from the beginning of one to that of the next
 * @throws what a statement failed with that should not have
 */
export async function work(
  database: SoakDatabase,
  tally: Tally,
  options: { readonly worker: number; readonly pauseMs: number; readonly isOver: () => boolean },
): Promise<void> {
  for (let turn = options.worker * 7; !options.isOver(); turn += 1) {
    const name = names[turn % names.length] ?? 'query';
    const next = performance.now() + options.pauseMs;
    try {
      await operations[name](database, turn);
      tally[name] += 1;
    } catch (error) {
      if (!isOfCut(error)) throw error;
      tally.cut += 1;
    }
    const rest = next - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

function isOfCut(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return CUT_CODES.test(String(code)) || CUT_CATALOGUE.test(String(message));
}
