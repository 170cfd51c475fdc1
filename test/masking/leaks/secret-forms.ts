import { createHash } from 'node:crypto';
import type { Secret } from './secret-values.js';

/** Least characters of a text that are recognised as part of a secret. */
export const LEAST_PART = 6;
/** The same in hexadecimal. */
export const LEAST_HEX: number = 2 * LEAST_PART;
/** The same in base64. */
export const LEAST_BASE64: number = (LEAST_PART * 4) / 3;

const DIGESTS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** The forms in which secrets are looked for, each with the secret that it is of. */
export interface SecretForms {
  /** Parts of texts and of digits, as they are and reversed, lower case. */
  readonly parts: ReadonlyMap<string, string>;
  /** Parts of hexadecimal bytes and of digests, lower case. */
  readonly hex: ReadonlyMap<string, string>;
  /** Parts of base64 in its three alignments. */
  readonly base64: ReadonlyMap<string, string>;
  /** Numbers, and days as numbers. */
  readonly numbers: ReadonlyMap<number, string>;
}

/** Makes the forms of secrets. */
export function formsOf(secrets: readonly Secret[]): SecretForms {
  const forms = {
    parts: new Map<string, string>(),
    hex: new Map<string, string>(),
    base64: new Map<string, string>(),
    numbers: new Map<number, string>(),
  };
  for (const secret of secrets) {
    for (const text of knownBy(secret).flatMap(bothWays)) {
      addParts(forms.parts, text.toLowerCase(), LEAST_PART, secret.text);
      addParts(forms.hex, Buffer.from(text).toString('hex'), LEAST_HEX, secret.text);
      for (const shift of [0, 1, 2]) addParts(forms.base64, base64Of(text, shift), LEAST_BASE64, secret.text);
    }
    for (const text of digested(secret).flatMap(bothWays)) {
      const digests = DIGESTS.map((name) => createHash(name).update(text).digest('hex'));
      for (const digest of digests) addParts(forms.hex, digest, LEAST_HEX, secret.text);
    }
    for (const value of numbersOf(secret)) forms.numbers.set(value, secret.text);
  }
  return forms;
}

/** The parts of a text of a given length. */
export function* partsOf(text: string, length: number): Generator<string> {
  for (let at = 0; at + length <= text.length; at += 1) yield text.slice(at, at + length);
}

function addParts(to: Map<string, string>, text: string, length: number, secret: string): void {
  for (const part of partsOf(text, length)) to.set(part, secret);
}

function bothWays(text: string): readonly string[] {
  return [text, [...text].reverse().join('')];
}

function digitsOf(text: string): string {
  return text.replaceAll(/[^0-9]/g, '');
}

/** Texts of which every part tells of a secret: of a date, those with its year. */
function knownBy({ type, text }: Secret): readonly string[] {
  if (type === 'text') return [text, text.toUpperCase()];
  if (type === 'number') return [text, digitsOf(text)];
  return [text.slice(0, LEAST_PART), digitsOf(text).slice(0, LEAST_PART), dotted(text).slice(-LEAST_PART)];
}

/** Texts of which a digest tells of a secret. */
function digested({ type, text }: Secret): readonly string[] {
  if (type !== 'date') return [text, text.toUpperCase()];
  return [text, text.slice(0, 10), `${text.slice(0, 10)} 00:00:00`, dotted(text)];
}

/** A date with its day first. */
function dotted(text: string): string {
  return text.slice(0, 10).split('-').reverse().join('.');
}

/** Base64 of a text that stands behind `shift` other bytes, without the characters that depend on them or on what follows. */
function base64Of(text: string, shift: number): string {
  const bytes = Buffer.from(' '.repeat(shift) + text);
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

const DAY_MS = 86_400_000;
/** TO_DAYS of 1970-01-01. */
const EPOCH_DAYS = 719_528;

function numbersOf({ type, text }: Secret): readonly number[] {
  if (type === 'number') return [Number(text)];
  if (type !== 'date') return [];
  const day = text.slice(0, 10);
  const days = Date.parse(day) / DAY_MS;
  return [Number(day.replaceAll('-', '')), days + EPOCH_DAYS, days * 86_400];
}
