import { FailureError } from '../errors.js';
import { createGovernor, type Governor } from '../session/index.js';
import { findConfig, loadConfig } from './load-config.js';

type Source = Governor | Promise<Governor>;

let chosen: Source | undefined;

/**
 * Says which governor governs what is not given one: the connections of `countersign/mysql2` as a module. To be called before the first of them.
 * @throws FailureError `CONNECTION_UNSUPPORTED` where there is another one already
 */
export function setDefaultGovernor(governor: Governor | Promise<Governor>): void {
  if (chosen !== undefined && chosen !== governor) {
    const text = 'there is a default governor already: set it before the first connection, and once';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
  chosen = governor;
}

/**
 * The governor of what is not given one: as it was set, else made of the configuration that `COUNTERSIGN_CONFIG` names, or of `countersign.config.*` in the
 * working directory. Rejects with `OPTIONS_INVALID` where there is none.
 */
export function defaultGovernor(): Source {
  if (chosen === undefined) {
    const made = fromConfig();
    // Whoever waits for it is told.
    made.catch(() => undefined);
    chosen = made;
  }
  return chosen;
}

async function fromConfig(): Promise<Governor> {
  const { governor: options } = await loadConfig(await findConfig());
  const governor = await createGovernor(options);
  process.once('beforeExit', () => {
    void governor.close();
  });
  return governor;
}
