import { DenialError } from '../errors.js';
import { MAX_CLAIM_LENGTH } from './bounds.js';
import { isObject } from './issuer-http.js';

/** The `type` of the authorization details that are ours. */
export const AUTHORIZATION_TYPE = 'countersign_sql';

/**
 * What the token lets its bearer do: one of the `authorization_details` of type `countersign_sql`. In patterns `*` stands for any characters.
 * @see https://www.rfc-editor.org/rfc/rfc9396
 */
export interface SqlAuthorization {
  /** `read`, `write`, `ddl`, `call`, or patterns of operations such as `DELETE`. */
  readonly actions: readonly string[];
  /** Patterns `schema.table`. Absent: every table. */
  readonly tables?: readonly string[];
  /** Patterns of environments. Absent: all. */
  readonly locations?: readonly string[];
}

const MAX_DETAILS = 64;
const MAX_PATTERNS = 256;

/**
 * Reads the claim `authorization_details`. Details of other types are for somebody else.
 * @returns undefined where there are none of ours: then nothing is narrowed
 * @throws DenialError `TOKEN_INVALID`: one of ours that cannot be read would otherwise narrow nothing
 */
export function readAuthorizations(claim: unknown): readonly SqlAuthorization[] | undefined {
  if (claim === undefined) return undefined;
  if (!Array.isArray(claim)) return refuse('is not an array');
  if (claim.length > MAX_DETAILS) return refuse(`has more than ${MAX_DETAILS} entries`);
  const ours = claim.filter((detail: unknown) => {
    if (!isObject(detail) || typeof detail['type'] !== 'string') return refuse('has an entry without a type');
    return detail['type'] === AUTHORIZATION_TYPE;
  });
  return ours.length === 0 ? undefined : Object.freeze(ours.map(readAuthorization));
}

const MEMBERS: ReadonlySet<string> = new Set(['type', 'actions', 'tables', 'locations']);

function readAuthorization(detail: Readonly<Record<string, unknown>>): SqlAuthorization {
  const stranger = Object.keys(detail).find((member) => !MEMBERS.has(member));
  // What narrows in a way that is not known here must not be passed over.
  if (stranger !== undefined) return refuse(`has an unknown member ${JSON.stringify(stranger.slice(0, 64))}`);
  const tables = readPatterns(detail, 'tables');
  const unqualified = tables?.find((pattern) => !pattern.includes('.'));
  if (unqualified !== undefined) return refuse(`names ${JSON.stringify(unqualified)}, which is no schema.table`);
  const locations = readPatterns(detail, 'locations');
  return Object.freeze({
    actions: readPatterns(detail, 'actions') ?? refuse('has an entry without actions'),
    ...(tables !== undefined && { tables }),
    ...(locations !== undefined && { locations }),
  });
}

function readPatterns(detail: Readonly<Record<string, unknown>>, member: string): readonly string[] | undefined {
  const value = detail[member];
  if (value === undefined) return undefined;
  const isRight =
    Array.isArray(value) &&
    value.length <= MAX_PATTERNS &&
    value.every((item) => typeof item === 'string' && item !== '' && item.length <= MAX_CLAIM_LENGTH);
  return isRight ? Object.freeze([...(value as string[])]) : refuse(`has ${member} that are no list of texts`);
}

function refuse(problem: string): never {
  const what = `its claim authorization_details (type ${AUTHORIZATION_TYPE}) ${problem}`;
  throw new DenialError('TOKEN_INVALID', `the token is refused: ${what}. Have the issuer correct it.`);
}
