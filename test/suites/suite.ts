/** A driver's own tests, run with the stock driver and with a governed one. */

/** Where the tests log in. */
export interface SuiteLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A schema that there is. */
  readonly database: string;
}

/** A test, or a file of tests, and how it went. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: boolean;
  /** The end of what it printed, where it failed. */
  readonly output: string;
}

/** How a run of a suite is set up. */
export interface SuiteRun {
  readonly login: SuiteLogin;
  /** Environment and arguments for Node.js by which its connections are governed; none of them for the stock driver. */
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
  /** Runs statements as the administrator, who does not count. */
  readonly administer: (statements: readonly string[]) => Promise<void>;
  /** Whether a test is to be run. */
  readonly isWanted: (name: string) => boolean;
  readonly onResult: (result: SuiteResult) => void;
}

/** A suite in a checkout of its repository, with its dependencies installed. */
export interface Suite {
  readonly name: string;
  /** Version of the checkout, and of the driver that is run. */
  readonly version: string;
  run(run: SuiteRun): Promise<void>;
}
