import { FailureError } from '../errors.js';

/**
 * Reads a whole number from a command-line argument.
 * @throws FailureError `OPTIONS_INVALID`
 */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new FailureError('OPTIONS_INVALID', `${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}
