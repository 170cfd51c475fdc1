/**
 * How every factory checks its options, and which URLs may carry tokens and records.
 *
 * @module
 */

import * as v from 'valibot';

import { FailureError } from './errors.js';

/**
 * Checks options against a schema and names every problem in one error.
 * @param what - where the options are from, for the message: `createAuditTrail`
 * @throws FailureError `OPTIONS_INVALID`
 */
export function checkOptions<const S extends v.GenericSchema>(
  what: string,
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'options'}: ${problemOf(issue)}`);
  throw new FailureError('OPTIONS_INVALID', `${what}: ${problems.join('; ')}`);
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  return issue.type === 'strict_object' && issue.expected === 'never' ? 'there is no such option' : issue.message;
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether what is secret may travel to a URL: absolute, without credentials, HTTPS, or HTTP on a loopback host. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
