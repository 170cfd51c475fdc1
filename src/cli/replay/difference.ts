import type { ServerAnswer } from '../../../adapters/mysql2/replay-connection.js';
import type { Recorded } from './recorded.js';

/** A figure that came out otherwise. */
export interface Difference {
  readonly what: 'status' | 'error' | 'rows' | 'affected' | 'digest';
  readonly recorded: string | number | undefined;
  readonly replayed: string | number | undefined;
}

/** Whether a record says how its statement ended: not where that was lost, or a limit stopped it. */
export function isComparable({ status, limited }: Recorded['outcome']): boolean {
  return (status === 'ok' || status === 'error') && limited === undefined;
}

/** What differs between how a statement ended then and now. */
export function differencesOf(
  { status, error, rows, affected, masked, result }: Recorded['outcome'],
  now: ServerAnswer,
): Difference[] {
  if (status !== now.status)
    return [{ what: 'status', recorded: textOf(status, error?.code), replayed: answerText(now) }];
  if (status === 'error') return differing('error', error?.code, now.error?.code);
  const figures = [...differing('rows', rows, now.rows), ...differing('affected', affected, now.affected)];
  // Masked rows are others than those of the test database.
  if (figures.length > 0 || result === undefined || masked !== undefined) return figures;
  return differing('digest', result.digest, now.digest);
}

const textOf = (status: string, code: number | undefined): string =>
  code === undefined ? status : `${status} ${code}`;

const answerText = ({ status, error }: ServerAnswer): string => textOf(status, error?.code);

/** Counts of 64 bits are texts in a record. */
function differing(
  what: Difference['what'],
  recorded: string | number | undefined,
  replayed: string | number | undefined,
): Difference[] {
  const isSame = recorded === undefined ? replayed === undefined : String(recorded) === String(replayed);
  return isSame ? [] : [{ what, recorded, replayed }];
}
