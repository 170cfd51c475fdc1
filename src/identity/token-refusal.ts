/** Why a token is refused, in words that never contain the token. */
import * as errors from 'jose/errors';
import { DenialError } from '../errors.js';
import { quote } from './bounds.js';
import type { IssuerSettings } from './token-verifier-options.js';

/** Refuses a token: `the token is refused: <problem>`. */
export function refusal(problem: string, options?: ErrorOptions): DenialError {
  return new DenialError('TOKEN_INVALID', `the token is refused: ${problem}`, options);
}

/** The refusal that stands for what jose found wrong with a token. */
export function refusalOf(cause: unknown, settings: IssuerSettings): DenialError {
  return refusal(problemOf(cause, settings), { cause });
}

function problemOf(cause: unknown, settings: IssuerSettings): string {
  const issuer = quote(settings.issuer);
  if (cause instanceof errors.JWTExpired) {
    return `it expired at ${epochText(cause.payload.exp)}, more than ${tolerance(settings)} ago. Get a new one.`;
  }
  if (cause instanceof errors.JWTClaimValidationFailed) return claimProblem(cause, settings);
  if (cause instanceof errors.JOSEAlgNotAllowed) {
    return `its algorithm is not allowed. Allowed are ${settings.algorithms.join(', ')}.`;
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    return `it is signed with a key that ${issuer} does not publish (key id and algorithm fit none). Get a new one from the issuer.`;
  }
  if (cause instanceof errors.JWKSMultipleMatchingKeys) {
    return `it names no key id, and several keys of ${issuer} fit. Have the issuer set "kid".`;
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    return `its signature does not fit its content and the key of ${issuer}. It was forged or damaged: get a new one.`;
  }
  if (cause instanceof Error)
    return `it is no valid signed JWT: ${cause.message}. Pass the access token as the issuer gave it.`;
  return 'it could not be verified';
}

function claimProblem(error: errors.JWTClaimValidationFailed, settings: IssuerSettings): string {
  const { claim, payload, reason } = error;
  if (reason === 'missing') return `its claim ${claim} is missing. Have the issuer add it.`;
  if (claim === 'aud') {
    const expected = settings.audience.join(' or ');
    return `it is not for the audience ${expected} but for ${quote(payload.aud)}. Ask the issuer for one with that audience.`;
  }
  if (claim === 'nbf' && reason === 'check_failed') {
    return `it is not valid yet: not before ${epochText(payload.nbf)}, more than ${tolerance(settings)} from now. Check the clocks.`;
  }
  return `its claim ${claim} does not hold: ${error.message}. Have the issuer correct it.`;
}

function tolerance(settings: IssuerSettings): string {
  return `${String(settings.clockToleranceSeconds)} s`;
}

function epochText(seconds: unknown): string {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? quote(seconds) : date.toISOString();
}
