import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { generate } from 'selfsigned';
import { FailureError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { ListenerTlsOptions } from './listener-options.js';
import { TlsUpgrade } from './tls-upgrade.js';

/** How old a look at the files may be. */
const LOOK_EVERY_MS = 60_000;
/** The key lives as long as the process. */
const SELF_SIGNED_DAYS = 3_650;

/** The certificate of a listener, as it is now. */
export interface Certificates {
  readonly tls: TlsUpgrade;
  /** In PEM, to be shown to clients. */
  readonly pem: string;
  /** Reads the files again where they have changed. One that cannot be used is left, and thrown about. */
  refresh(): Promise<void>;
  close(): void;
}

/** What stands in the files of a certificate. */
export interface LoadedCertificate extends SecureContextOptions {
  /** In PEM, as the key and the authorities are. */
  readonly cert: string;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

/** The files of a certificate, which are read again as they are renewed. */
export interface CertificateFiles {
  readonly loaded: LoadedCertificate;
  /** Is given what stands in renewed files. */
  onRenewed: (renewed: LoadedCertificate) => void;
  /** Reads the files again where they have changed. One that cannot be used is left, and thrown about. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * Reads a certificate from its files, and again as they are renewed.
 * @param onProblem told why renewed files cannot be used; those before stay in use
 * @throws FailureError `OPTIONS_INVALID` where they cannot be used at the start
 */
export async function watchCertificate(
  files: ListenerTlsOptions,
  onProblem: (error: unknown) => void,
): Promise<CertificateFiles> {
  let seen = await timesOf(files);
  let loaded = await load(files);
  const refresh = async (): Promise<void> => {
    const now = await timesOf(files);
    if (now === seen) return;
    loaded = await load(files);
    watched.onRenewed(loaded);
    seen = now;
  };
  const timer = setInterval(() => void refresh().catch(onProblem), LOOK_EVERY_MS).unref();
  const watched: CertificateFiles = {
    get loaded() {
      return loaded;
    },
    onRenewed: () => undefined,
    refresh,
    close: () => clearInterval(timer),
  };
  return watched;
}

/** The certificate of a listener, from its files: see {@link watchCertificate}. */
export async function certificatesOf(
  files: ListenerTlsOptions,
  onProblem: (error: unknown) => void,
): Promise<Certificates> {
  const watched = await watchCertificate(files, onProblem);
  const tls = new TlsUpgrade(watched.loaded);
  watched.onRenewed = (renewed) => tls.renew(renewed);
  return {
    tls,
    get pem() {
      return watched.loaded.cert;
    },
    refresh: () => watched.refresh(),
    close: () => watched.close(),
  };
}

/** Makes a certificate for loopback addresses, which no authority has signed. */
export async function selfSigned(): Promise<Certificates> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'countersign proxy' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    notAfterDate: new Date(Date.now() + SELF_SIGNED_DAYS * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { tls: new TlsUpgrade({ cert, key }), pem: cert, refresh: () => Promise.resolve(), close: () => undefined };
}

async function load({ certFile, keyFile, clientCaFile }: ListenerTlsOptions): Promise<LoadedCertificate> {
  try {
    const [cert, key, ca] = await Promise.all([
      readFile(certFile, 'utf8'),
      readFile(keyFile),
      clientCaFile === undefined ? undefined : readFile(clientCaFile),
    ]);
    const loaded = { cert, key, ...(ca !== undefined && { ca }) };
    createSecureContext(loaded);
    return loaded;
  } catch (cause) {
    const problem = `the certificate ${certFile} with the key ${keyFile} cannot be used: ${messageOf(cause)}`;
    throw new FailureError('OPTIONS_INVALID', problem, { cause });
  }
}

async function timesOf({ certFile, keyFile, clientCaFile }: ListenerTlsOptions): Promise<string> {
  const files = [certFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])];
  const times = files.map(async (file) => {
    try {
      return (await stat(file)).mtimeMs;
    } catch {
      return 0;
    }
  });
  return (await Promise.all(times)).join();
}
