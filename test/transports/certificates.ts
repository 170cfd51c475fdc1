import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryDirectory } from '../audit/trail-fixtures.js';

/** A certificate and its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own, made with openssl, that lasts a day. */
export class Authority {
  readonly #folder: string = temporaryDirectory();

  constructor() {
    const files = ['-keyout', this.#path('ca.key'), '-out', this.#path('ca.pem')];
    this.#openssl('req', '-x509', ...KEY, '-days', '1', '-subj', '/CN=Countersign test authority', ...files);
    writeFileSync(this.#path('extensions.cnf'), 'subjectAltName = DNS:localhost, IP:127.0.0.1\n');
  }

  /** Its own certificate. */
  get cert(): string {
    return readFileSync(this.#path('ca.pem'), 'utf8');
  }

  /** Signs a certificate for a common name, good for `localhost` and `127.0.0.1`. */
  sign(name: string): Pair {
    const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => this.#path(`${name}.${end}`)) as [
      string,
      string,
      string,
    ];
    this.#openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
    const signer = ['-CA', this.#path('ca.pem'), '-CAkey', this.#path('ca.key'), '-CAcreateserial', '-days', '1'];
    this.#openssl('x509', '-req', '-in', request, ...signer, '-extfile', this.#path('extensions.cnf'), '-out', cert);
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
