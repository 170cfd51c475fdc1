/**
 * Governs every connection of an unmodified program: `node --import countersign/register app.js`. The governor is made of the configuration that
 * `COUNTERSIGN_CONFIG` names, or of `countersign.config.*` in the working directory, before the program starts; without one, it does not start.
 *
 * @module
 */
import { channel } from 'node:diagnostics_channel';
import Module from 'node:module';
import { defaultGovernor } from '../../src/config/default-governor.js';
import { isMakingOwnConnection } from '../../src/driver/own-connection.js';
import { FailureError } from '../../src/errors.js';
import { governConnection } from './govern-connection.js';
import { governPool } from './govern-pool.js';
import { AwaitedGovernor } from './governor-source.js';
import { isConnection, isPool } from '../../src/driver/mysql2-internals.js';

type AnyClass = new (...args: unknown[]) => object;

interface LoadedModule {
  exports: unknown;
}

const CLASS_FILE = /[\\/](?:connection|pool)\.js$/;
/** A class of mysql2's is being made, whose connections are governed. */
let isGoverning = false;

/** A class of mysql2's, whatever copy it is of, so that what is made of it is governed. */
function governedClass(exported: AnyClass): AnyClass {
  return new Proxy(exported, {
    construct(target, args, newTarget): object {
      const wasGoverning = isGoverning;
      isGoverning = true;
      try {
        const made = Reflect.construct(target, args, newTarget) as object;
        if (!isMakingOwnConnection()) governMade(made, args[0]);
        return made;
      } finally {
        isGoverning = wasGoverning;
      }
    },
  });
}

function governMade(made: object, options: unknown): void {
  const governor = AwaitedGovernor.of(defaultGovernor());
  if (isPool(made)) governPool(made, governor);
  else if (isConnection(made)) {
    if (!isServerSide(options)) governConnection(made, governor);
  } else {
    const text = 'a connection of a mysql2 that Countersign does not know was made: use mysql2 3.x';
    throw new FailureError('CONNECTION_UNSUPPORTED', text);
  }
}

/** A server that is written with mysql2 makes connections to its clients. */
function isServerSide(options: unknown): boolean {
  const { config } = options as { config?: { isServer?: boolean } };
  return config?.isServer === true;
}

function isClassOfMysql2(exported: unknown): exported is AnyClass {
  if (typeof exported !== 'function') return false;
  const prototype = exported.prototype as Record<string, unknown> | undefined;
  const has = (...names: readonly string[]): boolean => names.every((name) => typeof prototype?.[name] === 'function');
  return has('addCommand', 'writePacket', '_handleFatalError') || has('getConnection', '_removeConnection', 'execute');
}

const prototype = Module.prototype as unknown as { load(this: LoadedModule, filename: string): unknown };
const { load } = prototype;
prototype.load = function (filename): unknown {
  const result = load.call(this, filename);
  if (CLASS_FILE.test(filename) && isClassOfMysql2(this.exports)) this.exports = governedClass(this.exports);
  return result;
};

// A mysql2 that is not loaded from a file of its own, because it was bundled with the program, is not let out silently.
channel('tracing:mysql2:connect:start').subscribe(() => {
  if (isGoverning) return;
  const text =
    'a mysql2 that is bundled with the program has made a connection which Countersign cannot govern: leave mysql2 out of the bundle (external)';
  throw new FailureError('CONNECTION_UNSUPPORTED', text);
});

// Without one, the program does not start.
await defaultGovernor();
