/** The certificate of a throw-away server. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../../src/errors.js';
import { lastLines, run } from './run.js';

/** Files of a key and its self-signed certificate, and the certificate itself. */
export interface ServerCertificate {
  readonly certificatePath: string;
  readonly keyPath: string;
  /** PEM: its own authority. */
  readonly pem: string;
}

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
 * @throws FailureError `CONNECTION_UNSUPPORTED` if there is no `openssl` to make it with, or it fails.
 */
export async function createCertificate(folder: string): Promise<ServerCertificate> {
  const requestPath = join(folder, 'request.cnf');
  const certificatePath = join(folder, 'server-cert.pem');
  const keyPath = join(folder, 'server-key.pem');
  await writeFile(requestPath, REQUEST);
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  const files = ['-config', requestPath, '-keyout', keyPath, '-out', certificatePath];
  const { ok, output } = await run('openssl', [...kind, '-days', '30', ...files]);
  if (!ok) {
    const what =
      'openssl could not make the certificate of the test database; install it (Debian: apt-get install openssl)';
    throw new FailureError('CONNECTION_UNSUPPORTED', `${what}:\n${lastLines(output)}`);
  }
  return { certificatePath, keyPath, pem: await readFile(certificatePath, 'utf8') };
}
