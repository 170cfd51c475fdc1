import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const decompress = promisify(gunzip);

/** Why a body cannot be read, as an HTTP answer. */
export interface BodyProblem {
  readonly statusCode: 400 | 413 | 415;
  readonly error: string;
}

/**
 * The bytes of a body without their Content-Encoding.
 * @param body - attacker-controlled
 * @param encoding - the header
 * @param maxBytes - most bytes after decompression
 */
export async function readBody(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer | BodyProblem> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    return { statusCode: 415, error: `content-encoding ${encoding} is not understood; use gzip` };
  try {
    return await decompress(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { statusCode: 413, error: `the body is larger than ${maxBytes} bytes when decompressed` };
    }
    return { statusCode: 400, error: 'the body is not gzip' };
  }
}
