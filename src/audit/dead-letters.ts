import { open } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Keeps what a receiver will never take, one line each, on the disk itself, beside the journals: `dead-letter-<transport>.jsonl`.
 * @returns the file's path
 */
export async function keepDeadLetter(directory: string, transport: string, line: Buffer): Promise<string> {
  const path = join(directory, `dead-letter-${transport}.jsonl`);
  const handle = await open(path, 'a', 0o600);
  try {
    await handle.appendFile(Buffer.concat([line, Buffer.from('\n')]));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return path;
}
