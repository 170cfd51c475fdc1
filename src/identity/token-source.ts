/** Where tokens come from: a value, a function, a file. The client-credentials grant has a file of its own. */
import { open } from 'node:fs/promises';
import { FailureError } from '../errors.js';
import { MAX_TOKEN_BYTES } from './bounds.js';
import { reasonOf } from './issuer-http.js';

/** Something that has an access token to give. */
export interface TokenSource {
  /**
   * The token as of now: asked anew before each renewal.
   * @param signal aborts a request that is no longer wanted
   * @throws FailureError `TOKEN_SOURCE_FAILED`
   */
  getToken(signal?: AbortSignal): Promise<string>;
}

/** A source of one token, which is not renewed: when it has expired, statements are refused. */
export function staticToken(token: string): TokenSource {
  return { getToken: () => Promise.resolve(token) };
}

/**
 * A source that asks a function, such as one that talks to a cloud's metadata service.
 * @param fn gives the token; whatever it throws becomes the `cause` of a FailureError `TOKEN_SOURCE_FAILED`
 */
export function tokenFunction(fn: (signal?: AbortSignal) => string | Promise<string>): TokenSource {
  return {
    async getToken(signal) {
      try {
        return await fn(signal);
      } catch (cause) {
        throw new FailureError('TOKEN_SOURCE_FAILED', `the token function failed: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}

/**
 * A source that reads a file each time, such as a projected service-account token, which the kubelet replaces before it expires.
 * @param path of a file with nothing but the token; white space around it is ignored
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection
 */
export function tokenFile(path: string): TokenSource {
  return {
    async getToken() {
      const text = await readStart(path).catch((cause: unknown) => {
        throw new FailureError('TOKEN_SOURCE_FAILED', `the token file ${path} cannot be read: ${reasonOf(cause)}`, {
          cause,
        });
      });
      const token = text.trim();
      if (token !== '') return token;
      throw new FailureError('TOKEN_SOURCE_FAILED', `the token file ${path} is empty. Check what writes it.`);
    },
  };
}

/** One byte more than a token may have, so that the verifier sees one that is too long. */
async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_TOKEN_BYTES + 1), 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
