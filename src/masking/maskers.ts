import { FailureError } from '../errors.js';
import type { ColumnDefinition } from '../wire/column-definition.js';
import { integerSize } from '../wire/field-size.js';
import type { PacketBuffer } from '../wire/packet-buffer.js';
import type { CellMasker, MaskedCell } from '../wire/row-rewriter.js';
import { kindOf, readDate, readNumber, writeDate, writeNumber } from './cell-value.js';
import { createDetector, detectInJson, type DetectorOptions } from './detectors/index.js';
import { maskEmailCell } from './email-cell.js';
import { FormatPreserving } from './format-preserving.js';
import { type KeySource, readKey } from './mask-key.js';
import { bucketOf } from './number-buckets.js';
import { MASKED, maskCard, maskEmail, maskName, maskPartly, maskPhone, type TextMasker } from './text-maskers.js';
import { Tokens } from './token-masker.js';

/** Name of a masker that takes no options. */
export type MaskerName = 'redact' | 'null' | 'email' | 'name' | 'phone' | 'card';

/** A masker with its options: exactly one member. */
export interface MaskerOptions {
  /** Leaves so many characters at the ends of a text, 0 where not given; the rest become `filler`, `*` where not given. */
  readonly partial?: { readonly first?: number; readonly last?: number; readonly filler?: string };
  /** The last four digits, and with `bin` the first six. */
  readonly card?: { readonly bin?: boolean };
  /** The first day of a date's month or year, at midnight. */
  readonly date?: 'month' | 'year';
  /** A number, rounded down to a multiple of this. */
  readonly bucket?: number;
  /** HMAC-SHA-256 under a key of 16 bytes or more; equal values stay equal. INT and BIGINT stay integers, smaller numbers become NULL. */
  readonly token?: KeySource & { readonly keyId?: string };
  /** Of free text and JSON, only what is found in it: each find becomes its kind in brackets, such as `[card]`. */
  readonly detect?: DetectorOptions;
  /** FF1 under an AES key of 16, 24 or 32 bytes; digits stay digits and letters letters. */
  readonly formatPreserving?: KeySource & { readonly tweak?: string };
}

/** Which masker a rule uses. A function gets the value's text, of a number or a date as well, and gives one of the same type. */
export type MaskerChoice = MaskerName | MaskerOptions | TextMasker;

/** What a masker makes of values of each kind; of one that it does not know, `[masked]` where that is text, and NULL elsewhere. */
interface ValueMaskers {
  readonly text?: (text: string, column: ColumnDefinition) => string | null;
  /** Of JSON text. */
  readonly json?: (text: string) => string;
  readonly number?: (text: string, column: ColumnDefinition) => string | null;
  /** A calendar date's parts that stay. */
  readonly date?: 'month' | 'year' | TextMasker;
}

/** The built-in maskers that take no options, for texts. */
export const maskers: Readonly<Record<MaskerName, TextMasker>> = {
  /** Nothing of the value is left. */
  redact: () => MASKED,
  /** SQL NULL. */
  null: () => null,
  email: maskEmail,
  name: maskName,
  phone: maskPhone,
  card: (text) => maskCard(text, false),
};

/** How a masker is called: its name, that of its member, or `custom`. */
export function maskerNameOf(choice: MaskerChoice): string {
  if (typeof choice === 'function') return 'custom';
  return typeof choice === 'string' ? choice : (Object.keys(choice)[0] ?? 'none');
}

/**
 * Makes the masker of a rule.
 * @param of - the rule, for messages
 * @throws FailureError `OPTIONS_INVALID`
 */
export function createMasker(choice: MaskerChoice, of: string): CellMasker {
  if (typeof choice === 'function')
    return cellMasker({ text: (text) => choice(text), number: (text) => choice(text), date: choice });
  if (typeof choice === 'string') {
    const text: TextMasker | undefined = Object.hasOwn(maskers, choice) ? maskers[choice] : undefined;
    if (text === undefined) throw unknownMasker(choice, of);
    if (choice === 'null') return () => false;
    const masker = cellMasker(choice === 'redact' ? {} : { text });
    return choice === 'email' ? onTexts(maskEmailCell, masker) : masker;
  }
  const [member, ...others] = Object.entries(choice).filter(([, value]) => value !== undefined);
  if (member === undefined || others.length > 0) {
    throw new FailureError(
      'OPTIONS_INVALID',
      `the mask for ${of} must have exactly one member, such as { bucket: 10 }`,
    );
  }
  return cellMasker(withOptions(choice, member[0], of));
}

function withOptions(options: MaskerOptions, member: string, of: string): ValueMaskers {
  const { partial, card, date, bucket, token, formatPreserving, detect } = options;
  if (partial !== undefined) return partialOf(partial, of);
  if (card !== undefined) return { text: (text) => maskCard(text, card.bin === true) };
  if (date !== undefined) {
    if (!['month', 'year'].includes(date)) throw invalid(`date of the mask for ${of} must be month or year`);
    return { date, text: (text) => truncated(text, date) };
  }
  if (bucket !== undefined) return bucketMasker(bucket, of);
  if (token !== undefined) return tokenMasker(token, of);
  if (formatPreserving !== undefined) return formatPreservingMasker(formatPreserving, of);
  if (detect !== undefined) return detectingMasker(detect);
  throw unknownMasker(member, of);
}

function partialOf(
  { first = 0, last = 0, filler = '*' }: NonNullable<MaskerOptions['partial']>,
  of: string,
): ValueMaskers {
  if (![first, last].every((count) => Number.isSafeInteger(count) && count >= 0 && count <= 1_000)) {
    throw invalid(`first and last of the mask for ${of} must be whole numbers from 0 to 1000`);
  }
  return { text: (text) => maskPartly(text, first, last, filler) };
}

function truncated(text: string, to: 'month' | 'year'): string {
  const cell = Buffer.from(text, 'latin1');
  const date = readDate(cell, false);
  return date === undefined ? MASKED : writeDate(beginOf(date, to), cell, false).toString('latin1');
}

function beginOf(date: { readonly year: number; readonly month: number }, to: 'month' | 'year') {
  // A zero date stays what it is.
  if (date.year === 0 && date.month === 0) return { year: 0, month: 0, day: 0 };
  return { year: date.year, month: to === 'month' ? date.month : 1, day: 1 };
}

function bucketMasker(size: number, of: string): ValueMaskers {
  if (!(Number.isFinite(size) && size >= 1e-6))
    throw invalid(`bucket of the mask for ${of} must be a number from 0.000001`);
  return { number: (text) => bucketOf(text, size) ?? null, text: (text) => bucketOf(text, size) ?? MASKED };
}

function detectingMasker(options: DetectorOptions): ValueMaskers {
  const detect = createDetector(options);
  const json = (text: string): string => detectInJson(text, detect);
  // A text that holds JSON is looked at by its members, whose names tell what stands in them.
  return { json, text: (text, { orgName, name }) => (isJson(text) ? json(text) : detect(text, orgName || name)) };
}

function isJson(text: string): boolean {
  const first = text.trimStart()[0];
  return first === '{' || first === '[';
}

/** Bits of a number's token: JavaScript's safe integers, and half of an INT's. */
const LONG_TOKEN_BITS = 53;
const TOKEN_BITS = 31;

function tokenMasker(options: NonNullable<MaskerOptions['token']>, of: string): ValueMaskers {
  const { keyId } = options;
  if (keyId !== undefined && !/^\w{1,16}$/.test(keyId)) {
    throw invalid(`keyId of the mask for ${of} must be 1 to 16 letters, digits or _`);
  }
  const tokens = new Tokens(readKey(options, 16, of), keyId);
  return {
    text: (text) => tokens.text(text),
    number: (text, { type }) => {
      const bytes = integerSize(type);
      return bytes < 4 ? null : tokens.number(text, bytes === 8 ? LONG_TOKEN_BITS : TOKEN_BITS);
    },
  };
}

function formatPreservingMasker(options: NonNullable<MaskerOptions['formatPreserving']>, of: string): ValueMaskers {
  const key = readKey(options, 16, of);
  if (![16, 24, 32].includes(key.length)) throw invalid(`the key of the mask for ${of} must have 16, 24 or 32 bytes`);
  const cipher = new FormatPreserving(key, Buffer.from(options.tweak ?? ''));
  return {
    text: (text) => cipher.text(text) ?? MASKED,
    number: (text, column) => {
      if (integerSize(column.type) === 0) return null;
      return cipher.integer(text, (next) => writeNumber(next, column, false) !== null) ?? null;
    },
  };
}

/** Of texts, a masker that works on bytes. */
function onTexts(ofText: CellMasker, other: CellMasker): CellMasker {
  return (cell, out) => (kindOf(cell.column) === 'text' ? ofText(cell, out) : other(cell, out));
}

const MASKED_TEXT = Buffer.from(MASKED);
const MASKED_JSON = Buffer.from(JSON.stringify(MASKED));

/** Wraps what is made of values for the wire. A masker that throws gives NULL, never the value. */
function cellMasker(valueMaskers: ValueMaskers): CellMasker {
  return (cell, out) => {
    try {
      return writeMasked(valueMaskers, cell, out);
    } catch {
      return false;
    }
  };
}

function writeMasked({ text, json, number, date }: ValueMaskers, cell: MaskedCell, out: PacketBuffer): boolean {
  const { column, binary } = cell;
  switch (kindOf(column)) {
    case 'text':
      return text === undefined ? writeBytes(MASKED_TEXT, out) : writeText(text(textOf(cell), column), out);
    case 'json':
      return json === undefined ? writeBytes(MASKED_JSON, out) : writeText(json(textOf(cell)), out);
    case 'number': {
      const masked = number?.(readNumber(bytesOf(cell), column, binary), column) ?? null;
      return writeBytes(masked === null ? null : writeNumber(masked, column, binary), out);
    }
    case 'date':
      return date !== undefined && writeBytes(maskedDate(date, bytesOf(cell), binary), out);
    case 'opaque':
      return false;
  }
}

function textOf({ bytes, start, end }: MaskedCell): string {
  return bytes.toString('utf8', start, end);
}

function bytesOf({ bytes, start, end }: MaskedCell): Buffer {
  return bytes.subarray(start, end);
}

function writeText(text: string | null, out: PacketBuffer): boolean {
  if (text === null) return false;
  out.text(text);
  return true;
}

function writeBytes(bytes: Buffer | null, out: PacketBuffer): boolean {
  if (bytes === null) return false;
  out.copy(bytes, 0, bytes.length);
  return true;
}

function maskedDate(masker: 'month' | 'year' | TextMasker, cell: Buffer, binary: boolean): Buffer | null {
  const date = readDate(cell, binary);
  if (date === undefined) return null;
  if (typeof masker === 'string') return writeDate(beginOf(date, masker), cell, binary);
  const text = masker(writeDate(date, Buffer.alloc(0), false).toString('latin1'));
  const made = text === null ? undefined : readDate(Buffer.from(text, 'latin1'), false);
  return made === undefined ? null : writeDate(made, cell, binary);
}

function unknownMasker(choice: string, of: string): FailureError {
  const known = [
    ...Object.keys(maskers),
    '{ partial }',
    '{ card }',
    '{ date }',
    '{ bucket }',
    '{ token }',
    '{ formatPreserving }',
    '{ detect }',
  ];
  return invalid(`there is no masker ${JSON.stringify(choice)} for ${of}; there are ${known.join(', ')}`);
}

function invalid(problem: string): FailureError {
  return new FailureError('OPTIONS_INVALID', problem);
}

/** Leaves nothing of what a masked value was made into. */
export const hideAll: CellMasker = createMasker('redact', 'what is made of masked values');
