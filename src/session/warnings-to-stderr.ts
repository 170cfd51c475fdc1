import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { AuditLogger } from '../audit/index.js';

/** Loaded with the first warning: it takes a program 20 ms of its start. */
const require = createRequire(import.meta.url);

/** A pino logger that writes warnings and errors to stderr. */
export function warningsToStderr(): AuditLogger {
  let made: Pino.Logger | undefined;
  const logger = (): Pino.Logger => {
    const { pino } = require('pino') as typeof Pino;
    return (made ??= pino({ name: 'countersign', level: 'warn' }, pino.destination(2)));
  };
  return {
    info: () => undefined,
    warn(details, message): void {
      logger().warn(details, message);
    },
    error(details, message): void {
      logger().error(details, message);
    },
  };
}
