import type { JSONWebKeySet } from 'jose';
import * as v from 'valibot';
import { FailureError } from '../errors.js';
import { requireSecureUrl } from './secure-url.js';

/** Options of `createTokenVerifier`. */
export interface TokenVerifierOptions {
  /** The issuer, exactly as in the tokens' `iss`. HTTPS, except on loopback. */
  readonly issuer: string;
  /** What the tokens' `aud` has to name. */
  readonly audience: string;
  /** Signature algorithms that are accepted. Asymmetric ones only. Default RS256, PS256, ES256, ES384 and EdDSA. */
  readonly algorithms?: readonly string[];
  /** Seconds by which clocks may differ, for `exp`, `nbf` and `iat`. From 0 to 300, default 5. */
  readonly clockToleranceSeconds?: number;
  /** Where the issuer's keys are. Default: what its discovery document says. */
  readonly jwksUri?: string;
  /** Keys instead of the issuer's: for tests, and where the issuer cannot be reached. */
  readonly keys?: JSONWebKeySet;
  /** Milliseconds that a request to the issuer may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** Milliseconds between requests for keys that a token of an unknown key may cause. Default 30,000. */
  readonly cooldownMs?: number;
  /** Milliseconds after which the keys are read again: how long a withdrawn key is still taken. Default 600,000. */
  readonly cacheMaxAgeMs?: number;
  /** Longest lifetime (`exp` - `iat`) of a token that is accepted, in seconds. Default no limit. */
  readonly maxTokenLifetimeSeconds?: number;
  /** Claims that hold groups, model and task, where they have other names. */
  readonly claims?: { readonly groups?: string; readonly model?: string; readonly task?: string };
}

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const DEFAULT_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

const text = v.pipe(v.string(), v.nonEmpty());
const milliseconds = (fallback: number) =>
  v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400_000)), fallback);

const schema = v.strictObject({
  issuer: text,
  audience: text,
  algorithms: v.optional(
    v.pipe(
      v.array(v.picklist(ALGORITHMS, 'only asymmetric algorithms can be listed: none and HS* let anybody sign')),
      v.nonEmpty(),
    ),
    DEFAULT_ALGORITHMS,
  ),
  clockToleranceSeconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(300)), 5),
  jwksUri: v.optional(text),
  keys: v.optional(v.looseObject({ keys: v.array(v.looseObject({ kty: v.string() })) })),
  timeoutMs: milliseconds(5_000),
  cooldownMs: milliseconds(30_000),
  cacheMaxAgeMs: milliseconds(600_000),
  maxTokenLifetimeSeconds: v.optional(v.pipe(v.number(), v.minValue(1))),
  claims: v.optional(
    v.strictObject({
      groups: v.optional(text, 'groups'),
      model: v.optional(text, 'model'),
      task: v.optional(text, 'task'),
    }),
    {},
  ),
});

/** The options with what was not given filled in. */
export type CheckedVerifierOptions = v.InferOutput<typeof schema>;

/** @throws FailureError `OPTIONS_INVALID` naming every problem */
export function checkVerifierOptions(options: TokenVerifierOptions): CheckedVerifierOptions {
  const result = v.safeParse(schema, options);
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'options'}: ${issue.message}`);
    throw new FailureError('OPTIONS_INVALID', `the token verifier's options are wrong: ${problems.join('; ')}`);
  }
  requireSecureUrl('issuer', result.output.issuer);
  if (result.output.jwksUri !== undefined) requireSecureUrl('jwksUri', result.output.jwksUri);
  return result.output;
}
