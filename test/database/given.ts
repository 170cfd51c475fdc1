/** A server that somebody else runs, named by COUNTERSIGN_TEST_URL. */
import { readFile } from 'node:fs/promises';
import { FailureError } from '../../src/errors.js';
import { readVersion } from './readiness.js';
import type { Flavour, TestDatabase } from './types.js';

function parse(given: string): { host: string; port: number; user: string; password: string } {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'mysql:' || url.hostname === '' || url.username === '') {
    throw new FailureError('OPTIONS_INVALID', 'COUNTERSIGN_TEST_URL has to read mysql://user:password@host:port');
  }
  const port = url.port === '' ? 3306 : Number(url.port);
  return {
    host: url.hostname,
    port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/**
 * Logs in to the server that is given. TLS is used, and verified, if COUNTERSIGN_TEST_CA names the PEM file of its authority.
 * @throws FailureError `OPTIONS_INVALID` if the URL is none or the server is of another family; `CONNECTION_UNSUPPORTED` if it does not let us in.
 */
export async function useGivenDatabase(given: string, flavour?: Flavour): Promise<TestDatabase> {
  const address = parse(given);
  const where = `COUNTERSIGN_TEST_URL: ${address.host}:${String(address.port)}`;
  try {
    const caPath = process.env['COUNTERSIGN_TEST_CA'];
    const login = caPath === undefined ? address : { ...address, ca: await readFile(caPath, 'utf8') };
    const version = await readVersion(login);
    const found = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
    if (flavour === undefined || flavour === found) {
      return { ...login, flavour: found, version, owned: false, stop: () => Promise.resolve() };
    }
    throw new FailureError('OPTIONS_INVALID', `${where} is ${found} ${version}, but ${flavour} was asked for`);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw new FailureError('CONNECTION_UNSUPPORTED', `${where} cannot be used: ${String(error)}`, { cause: error });
  }
}
