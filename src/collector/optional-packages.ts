import { FailureError } from '../errors.js';

/**
 * Loads an optional dependency, which an install may have left out.
 * @param user - what needs it, for the message
 * @throws FailureError `COLLECTOR_FAILED` that names the package to install
 */
export async function loadOptional<T>(user: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new FailureError('COLLECTOR_FAILED', `${user} needs the package ${name}: run npm install ${name}`, {
      cause,
    });
  }
}
