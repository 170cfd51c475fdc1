import type { CountersignErrorCode } from '../../src/errors.js';
import type { RefusalDetails } from '../../src/session/index.js';

const MASKED =
  'The result would show, copy or tell of values that are masked for you. Leave those columns out, or ask for counts; masked values cannot be had in another way.';
const RULES =
  'It was not run. Do not send it again as it is: write it so that the rule is kept, or tell the user that it is not allowed.';
const SIGN_IN = 'It was not run. The session has to sign in again before anything else can be run.';
const FAULT =
  'It was not run, because something that has to work does not. It is no fault of the statement: tell the user, and try later.';

const ADVICE: Readonly<Partial<Record<CountersignErrorCode, string>>> = {
  DENIED_BY_RULE: RULES,
  COMMAND_NOT_ALLOWED: RULES,
  DENIED_BY_MASK: MASKED,
  STATEMENT_UNKNOWN:
    'It was not run, because what it does could not be told. Write it in plain SQL: one statement, without versioned comments, dynamic SQL or unusual syntax.',
  APPROVAL_DENIED:
    'It was not run, because a person said no, or nobody answered in time. Tell the user, and do not ask again without a new reason.',
  IDENTITY_MISSING: SIGN_IN,
  IDENTITY_EXPIRED: SIGN_IN,
  IDENTITY_REVOKED: SIGN_IN,
  TOKEN_INVALID: SIGN_IN,
  LIMIT_EXCEEDED: 'It was stopped. Ask for less: fewer rows, fewer columns, a narrower WHERE.',
};

/** A refusal in words for a model: what was wrong, what to do in its place, and where a person finds the record. */
export function explainRefusal({ code, rule, reason, recordId }: RefusalDetails): string {
  const named = rule === undefined ? '' : ` (rule ${rule})`;
  const record = recordId === undefined ? '' : ` The audit record is ${recordId}.`;
  return `Refused${named}: ${reason}. ${ADVICE[code] ?? FAULT}${record}`;
}
