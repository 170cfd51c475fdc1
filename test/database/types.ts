/** What the launcher hands out, and what one can ask of it. */

/** Which family a server belongs to. */
export type Flavour = 'mariadb' | 'mysql';

/** Where a server is and how to log in to it as administrator: plain data that can cross a process. */
export interface DatabaseAddress {
  readonly flavour: Flavour;
  /** As `SELECT VERSION()` says it. */
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** The server's own socket, where it is ours and not in a container. */
  readonly socketPath?: string;
  /** Administrative account, over TCP. */
  readonly user: string;
  readonly password: string;
  /** PEM of the certificate that verifies the server as `localhost` and `127.0.0.1`. */
  readonly ca?: string;
  /** False for a server that was given with COUNTERSIGN_TEST_URL: it is not ours to stop or to reconfigure. */
  readonly owned: boolean;
}

/** A server that runs, until it is stopped. */
export interface TestDatabase extends DatabaseAddress {
  /** Ends the server and removes everything it wrote. Does nothing to a server that is not ours, or the second time. */
  stop(): Promise<void>;
}

/** What to start. */
export interface StartOptions {
  /** Insist on a family; without it the first server that is found will do. */
  readonly flavour?: Flavour;
  /** Told, one line at a time, of what takes long. */
  readonly onProgress?: (line: string) => void;
  /** Further arguments of the server, after the launcher's own. Not for a server that was given with COUNTERSIGN_TEST_URL. */
  readonly serverOptions?: readonly string[];
}
