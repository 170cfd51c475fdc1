import type { JWTPayload } from 'jose';
import { DenialError } from '../errors.js';
import type { Identity } from './identity.js';

/** Which claims an identity is read from. */
export interface ClaimNames {
  /** Groups: a list of strings, or one string with spaces. Default `groups`. */
  readonly groups: string;
  /** The model that drives the agent. Default `model`. */
  readonly model: string;
  /** The task that the token is for. Default `task`. */
  readonly task: string;
}

const MAX_CLAIM_LENGTH = 1_024;
const MAX_GROUPS = 256;
const MAX_ACTORS = 16;

function refuse(reason: string): DenialError {
  return new DenialError('TOKEN_INVALID', `the token is refused: ${reason}`);
}

/** What ends up in a record is bounded and has no control characters. */
function checkText(claim: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw refuse(`its ${claim} is not a text`);
  if (value.length > MAX_CLAIM_LENGTH) throw refuse(`its ${claim} is longer than ${MAX_CLAIM_LENGTH} characters`);
  if (/\p{Cc}/u.test(value)) throw refuse(`its ${claim} has control characters`);
  return value;
}

function optionalText(payload: JWTPayload, ...claims: readonly string[]): string | undefined {
  const claim = claims.find((name) => payload[name] !== undefined);
  return claim === undefined ? undefined : checkText(claim, payload[claim]);
}

function readGroups(claim: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const list: readonly unknown[] = typeof value === 'string' ? value.split(' ').filter(Boolean) : (value as unknown[]);
  if (!Array.isArray(list) || list.length > MAX_GROUPS) {
    throw refuse(`its ${claim} is neither a list of at most ${MAX_GROUPS} texts nor a text`);
  }
  return Object.freeze(list.map((group) => checkText(claim, group)));
}

/** The chain of delegation: the subject of each nested `act`. */
function readActors(payload: JWTPayload): readonly string[] {
  const actors: string[] = [];
  let act: unknown = payload['act'];
  while (act !== undefined) {
    if (typeof act !== 'object' || act === null) throw refuse('its act is not an object (RFC 8693, section 4.1)');
    if (actors.length === MAX_ACTORS) throw refuse(`its act is nested deeper than ${MAX_ACTORS} levels`);
    const { sub, act: next } = act as { sub?: unknown; act?: unknown };
    actors.push(checkText('act.sub', sub));
    act = next;
  }
  return Object.freeze(actors);
}

/**
 * Maps the claims of a verified token to an identity.
 * @param payload the claims, signature and times checked
 * @param toleranceSeconds the verifier's clock tolerance, by which the identity outlives `exp`
 * @throws DenialError `TOKEN_INVALID` where a claim is missing, has another type, or is over its bounds
 */
export function identityFromClaims(payload: JWTPayload, names: ClaimNames, toleranceSeconds: number): Identity {
  const { exp } = payload;
  if (exp === undefined) throw refuse('it has no exp');
  const name = optionalText(payload, 'name', 'client_name', 'azp', 'client_id');
  const model = optionalText(payload, names.model);
  const tokenId = optionalText(payload, 'jti');
  const taskId = optionalText(payload, names.task);
  const identity = {
    subject: checkText('sub', payload.sub),
    issuer: checkText('iss', payload.iss),
    ...(name !== undefined && { name }),
    groups: readGroups(names.groups, payload[names.groups]),
    actor: readActors(payload),
    ...(model !== undefined && { model }),
    ...(tokenId !== undefined && { tokenId }),
    ...(taskId !== undefined && { taskId }),
    expiresAtMs: (exp + toleranceSeconds) * 1000,
  };
  // The brand exists for the compiler only: this is the one place that gives it.
  return Object.freeze(identity) as Identity;
}
