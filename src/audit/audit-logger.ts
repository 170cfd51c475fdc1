/** Where the trail reports on itself: a pino logger fits. The audit records never go there. */
export interface AuditLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing. */
export const silentLogger: AuditLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
