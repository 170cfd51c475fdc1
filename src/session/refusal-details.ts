import type { CountersignErrorCode } from '../errors.js';

/** Why a statement was refused, for the program that sent it. */
export interface RefusalDetails {
  readonly code: CountersignErrorCode;
  /** The rule that refused; undefined where the statement could not be judged or recorded. */
  readonly rule: string | undefined;
  readonly reason: string;
  /** Id of the record that tells of it; of the first one where a text has several statements. */
  readonly recordId: string | undefined;
}
