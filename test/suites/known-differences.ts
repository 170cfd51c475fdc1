/** Tests that a governed driver does not pass, and why it must not. */
export interface KnownDifference {
  readonly why: string;
  readonly tests: readonly string[];
}

const integration = (...names: readonly string[]): string[] => names.map((name) => `test/integration/${name}.test.mts`);

/** By suite. Whoever mends one takes it off the list: a test that is on it and passes is told as well. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, readonly KnownDifference[]>> = {
  mysql2: [
    {
      why: 'The server is a fake one, in the test itself, that cannot tell the state of its session: no statement goes to such.',
      tests: integration(
        'connection/test-aurora-failover-readonly',
        'connection/test-change-user-multi-factor',
        'connection/test-connect-sha1',
        'connection/test-disconnects',
        'connection/test-protocol-errors',
        'connection/test-quit',
        'connection/test-server-handshake-no-connect-attrs',
      ),
    },
    {
      why: 'A character set of the client other than UTF-8 would hide what a statement does, and one of the results which columns it has.',
      tests: [
        ...integration(
          'connection/encoding/test-charset-results',
          'connection/encoding/test-client-encodings',
          'connection/encoding/test-track-encodings',
          'regressions/test-#433',
        ),
        'test/global/integration/connection/test-track-state-change.test.mts',
      ],
    },
    {
      why: 'One text holds several statements, of which one is not understood (a versioned comment, an unknown variable): what follows it might be read otherwise.',
      tests: integration('connection/test-backpressure-result-streaming', 'connection/test-multiple-results'),
    },
    {
      why: 'The connection was given a stream of its own, over which no second one can be opened to look at the schema.',
      tests: ['test/global/integration/connection/test-backpressure-load-data-infile.test.mts'],
    },
  ],
  knex: [
    {
      why: 'It looks for its statement in the process list by the whole text, in front of which stands there who runs it.',
      tests: [
        'Additional mysql2 timeouts .timeout(ms, {cancel: true}) should cancel slow query even if connection pool is exhausted',
      ],
    },
  ],
};
