/**
 * Where audit records can go. Each transport has its own cursor in the journal: a slow or dead one holds up no other.
 *
 * @module
 */

export { functionTransport, type FunctionTransportOptions, type RecordFunction } from './function-transport.js';
export type { BearerToken, HttpTransportOptions } from './http-options.js';
export { httpTransport } from './http-transport.js';
