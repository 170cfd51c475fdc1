import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.js';
import type { Ground } from './stage.js';

const PROGRAM = fileURLToPath(new URL('unmodified-agent.ts', import.meta.url));

/**
 * Runs a program that knows nothing of Countersign under a configuration, and shows what it prints. When it has ended, its records have been delivered.
 * @param env what the configuration asks for, besides who the agent is and where its journal is
 */
export async function runUnmodified(
  { directory, schema, agents }: Ground,
  config: URL,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { issuer, audience, tokenEndpoint, clientId, clientSecret } = agents.credentials('support-agent');
  const file = fileURLToPath(config);
  await runProgram(process.execPath, ['--import', 'tsx', '--import', 'countersign/register', PROGRAM], {
    COUNTERSIGN_CONFIG: file,
    DATABASE: JSON.stringify(schema.connection),
    ISSUER: issuer,
    AUDIENCE: audience,
    TOKEN_ENDPOINT: tokenEndpoint,
    CLIENT_ID: clientId,
    CLIENT_SECRET: clientSecret,
    AUDIT_DIRECTORY: join(directory, `journal of ${file.slice(file.lastIndexOf('/') + 1)}`),
    ...env,
  });
}
