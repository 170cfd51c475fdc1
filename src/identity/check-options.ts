import * as v from 'valibot';
import { FailureError } from '../errors.js';

/**
 * Checks options against a schema and names every problem in one error.
 * @param what the factory whose options these are, for the message
 * @throws FailureError `OPTIONS_INVALID`
 */
export function checkOptions<const S extends v.GenericSchema>(
  what: string,
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'options'}: ${issue.message}`);
  throw new FailureError('OPTIONS_INVALID', `${what}: ${problems.join('; ')}`);
}
