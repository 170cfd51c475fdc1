/** From the claims of a verified token to an identity. The only place that makes one. */
import { DenialError } from '../errors.js';
import { readAuthorizations } from './authorization-details.js';
import { MAX_ACTORS, MAX_CLAIM_LENGTH, MAX_GROUPS } from './bounds.js';
import type { Identity } from './identity.js';
import { isObject } from './issuer-http.js';

/** Which claims say what, where an issuer does not use the usual names. */
export interface ClaimNames {
  /** Display name of the agent. Default: the first of `name`, `client_name`, `azp` and `client_id` that is there. */
  readonly name?: string;
  /** Groups: an array of strings, or one string separated by spaces. Default `groups`. */
  readonly groups?: string;
  /** The model that drives the agent. Default `model`. */
  readonly model?: string;
  /** The task that the token was issued for. Default `task`. */
  readonly task?: string;
  /** What for the data may be used. Default `purpose`. */
  readonly purpose?: string;
}

/** The claims of a token whose signature holds. */
export type VerifiedClaims = Readonly<Record<string, unknown>>;

const NAME_CLAIMS: readonly string[] = ['name', 'client_name', 'azp', 'client_id'];

// Control characters, line and paragraph separators, bidirectional overrides, lone surrogates: each could forge or hide part of a record.
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

// 9999-12-31: what comes later cannot be written as a date.
const MAX_EPOCH_SECONDS = 253_402_300_799;

/**
 * Makes the identity that a verified token stands for.
 * @param clockToleranceSeconds added to `exp`
 * @throws DenialError `TOKEN_INVALID`: a claim that is missing, too long, of the wrong type or unsafe to record
 */
export function identityOf(claims: VerifiedClaims, names: ClaimNames, clockToleranceSeconds: number): Identity {
  const nameClaims = names.name === undefined ? NAME_CLAIMS : [names.name];
  const nameClaim = nameClaims.find((claim) => Object.hasOwn(claims, claim));
  const identity = {
    subject: textOf(claims['sub'], 'sub'),
    issuer: textOf(claims['iss'], 'iss'),
    ...optional('name', nameClaim && textOf(claims[nameClaim], nameClaim)),
    groups: groupsOf(claims, names.groups ?? 'groups'),
    actor: actorOf(claims),
    ...optional('model', optionalText(claims, names.model ?? 'model')),
    ...optional('tokenId', optionalText(claims, 'jti')),
    ...optional('taskId', optionalText(claims, names.task ?? 'task')),
    ...optional('purpose', optionalText(claims, names.purpose ?? 'purpose')),
    ...narrowing(claims),
    expiresAtMs: Math.floor((expiryOf(claims) + clockToleranceSeconds) * 1000),
  };
  return Object.freeze(identity) as Identity;
}

function narrowing(claims: VerifiedClaims): Pick<Identity, 'authorizations'> {
  const authorizations = readAuthorizations(claims['authorization_details']);
  return authorizations === undefined ? {} : { authorizations };
}

function refuse(claim: string, problem: string): never {
  throw new DenialError(
    'TOKEN_INVALID',
    `the token is refused: its claim ${claim} ${problem}. Have the issuer correct it, or map another claim.`,
  );
}

function textOf(value: unknown, claim: string): string {
  if (typeof value !== 'string' || value === '') return refuse(claim, 'is not a text');
  if (value.length > MAX_CLAIM_LENGTH) return refuse(claim, `is longer than ${String(MAX_CLAIM_LENGTH)} characters`);
  if (UNSAFE.test(value)) return refuse(claim, 'holds control characters or direction marks');
  return value;
}

function optionalText(claims: VerifiedClaims, claim: string): string | undefined {
  return Object.hasOwn(claims, claim) ? textOf(claims[claim], claim) : undefined;
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;
}

function groupsOf(claims: VerifiedClaims, claim: string): readonly string[] {
  if (!Object.hasOwn(claims, claim)) return Object.freeze([]);
  const value = claims[claim];
  const members: unknown = typeof value === 'string' ? value.split(' ').filter((member) => member !== '') : value;
  if (!Array.isArray(members)) return refuse(claim, 'is neither a list of texts nor a text');
  if (members.length > MAX_GROUPS) return refuse(claim, `has more than ${String(MAX_GROUPS)} entries`);
  return Object.freeze(members.map((member: unknown) => textOf(member, claim)));
}

/** The `sub` of each nested `act`, outermost (the present actor) first: RFC 8693, section 4.1. */
function actorOf(claims: VerifiedClaims): readonly string[] {
  const chain: string[] = [];
  for (let holder = claims; Object.hasOwn(holder, 'act');) {
    const act = holder['act'];
    if (!isObject(act)) return refuse('act', 'is not an object');
    if (chain.length === MAX_ACTORS) return refuse('act', `is nested deeper than ${String(MAX_ACTORS)} actors`);
    chain.push(textOf(act['sub'], 'act.sub'));
    holder = act;
  }
  return Object.freeze(chain);
}

function expiryOf(claims: VerifiedClaims): number {
  const exp = claims['exp'];
  if (typeof exp !== 'number' || !(exp >= 0 && exp <= MAX_EPOCH_SECONDS)) return refuse('exp', 'is no date');
  return exp;
}
