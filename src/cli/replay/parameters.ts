import { isUtf8 } from 'node:buffer';

import type { BoundValue } from '../../../adapters/mysql2/replay-connection.js';
import type { Skip } from './skipped.js';

const BASE64 = /^base64:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
/** Notes that stand for what a record does not hold. A text may read so by chance: it is not bound either. */
const CUT = /… \(\d+ bytes\)$/;
const LONG_DATA = /^\(\d+ bytes of long data\)$/;

/**
 * The values that a record's parameters stand for, or why they are not to be had.
 * @param parameters as recorded: attacker-controlled
 */
export function boundValues(parameters: readonly unknown[]): readonly BoundValue[] | Skip {
  const values: BoundValue[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const value = boundValue(parameter);
    if (isSkip(value)) return { ...value, detail: `parameter ${index + 1}` };
    values.push(value);
  }
  return values;
}

/** Whether there is a reason in the place of what was asked for. */
export function isSkip(value: unknown): value is Skip {
  return typeof value === 'object' && value !== null && 'reason' in value;
}

function boundValue(parameter: unknown): BoundValue | Skip {
  if (parameter === null || typeof parameter === 'number') return parameter;
  if (typeof parameter !== 'string') return { reason: 'malformed' };
  if (CUT.test(parameter) || LONG_DATA.test(parameter)) return { reason: 'parameters' };
  const base64 = BASE64.exec(parameter)?.[1];
  if (base64 === undefined) return parameter;
  const bytes = Buffer.from(base64, 'base64');
  // Only bytes that are no text are recorded so: these were the text itself.
  return isUtf8(bytes) ? parameter : bytes;
}
