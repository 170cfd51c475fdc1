import { FailureError } from '../errors.js';
import { FieldType } from '../wire/constants.js';
import type { CellMasker } from '../wire/row-rewriter.js';

/** Turns the text of a value into what the caller sees; null for SQL NULL. */
export type TextMasker = (text: string) => string | null;

/** Name of a built-in masker. */
export type MaskerName = 'redact' | 'null' | 'email';

/** The built-in maskers by name. */
export const maskers: Readonly<Record<MaskerName, TextMasker>> = {
  /** Nothing of the value is left. */
  redact: () => '[masked]',
  /** SQL NULL. */
  null: () => null,
  /** First letter and domain: `a***@example.test`; what is not an address is redacted. */
  email: (text) => {
    const at = text.lastIndexOf('@');
    return at < 1 ? '[masked]' : `${Array.from(text)[0] ?? ''}***${text.slice(at)}`;
  },
};

/** Types whose value is a string in both protocols. A masked number or date becomes NULL: other text would not be of its type. */
function isText(type: number): boolean {
  switch (type) {
    case FieldType.VARCHAR:
    case FieldType.VAR_STRING:
    case FieldType.STRING:
    case FieldType.ENUM:
    case FieldType.SET:
    case FieldType.TINY_BLOB:
    case FieldType.MEDIUM_BLOB:
    case FieldType.LONG_BLOB:
    case FieldType.BLOB:
      return true;
    default:
      return false;
  }
}

/** Which masker a rule uses. */
export type MaskerChoice = MaskerName | TextMasker;

/** How a masker is called: a built-in one's name, or `custom`. */
export function maskerNameOf(choice: MaskerChoice): string {
  return typeof choice === 'function' ? 'custom' : choice;
}

/**
 * Makes the masker of a rule.
 * @param of - the rule, for messages
 * @throws FailureError `OPTIONS_INVALID`
 */
export function createMasker(choice: MaskerChoice, of: string): CellMasker {
  const text: TextMasker | undefined = typeof choice === 'function' ? choice : maskers[choice];
  if (typeof text === 'function') return cellMasker(text);
  const known = Object.keys(maskers).join(', ');
  throw new FailureError(
    'OPTIONS_INVALID',
    `there is no masker ${JSON.stringify(choice)} for ${of}; there are ${known}`,
  );
}

/** Wraps a text masker for the wire. A masker that throws gives NULL, never the value. */
export function cellMasker(mask: TextMasker): CellMasker {
  return (cell, column) => {
    if (!isText(column.type)) return null;
    try {
      const masked = mask(cell.toString('utf8'));
      return masked === null ? null : Buffer.from(masked, 'utf8');
    } catch {
      return null;
    }
  };
}

/** Leaves nothing of what a masked value was made into. */
export const hideAll: CellMasker = cellMasker(maskers.redact);
