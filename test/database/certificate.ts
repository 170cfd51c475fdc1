/** The certificate of a throw-away server. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { lastLines, run } from './run.js';

/** Name of the file of the certificate, in PEM. */
export const CERTIFICATE_FILE = 'server-cert.pem';
/** Name of the file of the private key, in PEM. */
export const KEY_FILE = 'server-key.pem';

// A file and not `-addext`, which older LibreSSL does not have.
const REQUEST = `[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = Countersign throw-away database
[extensions]
basicConstraints = critical, CA:TRUE
subjectAltName = DNS:localhost, IP:127.0.0.1
`;

/**
 * Makes an EC P-256 key and a certificate for `localhost` and `127.0.0.1` in a folder, valid for a month.
 * @returns The certificate in PEM, which is its own authority.
 * @throws FailureError `CONNECTION_UNSUPPORTED` if there is no `openssl` to make it with, or it fails.
 */
export async function createCertificate(folder: string): Promise<string> {
  const requestPath = join(folder, 'request.cnf');
  const certificatePath = join(folder, CERTIFICATE_FILE);
  await writeFile(requestPath, REQUEST);
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  const files = ['-config', requestPath, '-keyout', join(folder, KEY_FILE), '-out', certificatePath];
  const { ok, output } = await run('openssl', [...kind, '-days', '30', ...files]);
  if (ok) return readFile(certificatePath, 'utf8');
  const what =
    'openssl made no certificate for the test database; if it is missing, install it (apt-get install openssl)';
  throw new FailureError('CONNECTION_UNSUPPORTED', `${what}:\n${lastLines(output)}`);
}
