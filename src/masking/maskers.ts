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
