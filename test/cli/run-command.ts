import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The program as it is installed: `npm test` builds it first. */
export const MAIN: URL = new URL('../../dist/src/cli/main.js', import.meta.url);

/** How a run of `countersign` ended. */
export interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Runs `countersign` to its end. @param input - what it can read */
export async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input: string = '',
): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(MAIN), ...args], { env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdin.end(input);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, out, err };
}

/** The objects of an output that has one a line. */
export function parsedLines({ out }: Ended): Record<string, unknown>[] {
  const lines = out.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
