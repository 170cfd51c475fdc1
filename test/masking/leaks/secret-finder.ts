import { formsOf, LEAST_BASE64, LEAST_HEX, LEAST_PART, partsOf, type SecretForms } from './secret-forms.js';
import type { Secret } from './secret-values.js';

/** A secret that was recognised. */
export interface Finding {
  readonly secret: string;
  readonly form: string;
  /** What it stands in. */
  readonly value: string;
}

/** No value that is not masked is a day of that century. */
const FAR_DAY = /21\d\d-[01]\d-[0-3]\d|[0-3]\d\.[01]\d\.21\d\d/;
const FAR_YEAR = 2100;
const YEARS = 100;

/** Recognises secrets in whatever reaches an agent. */
export class SecretFinder {
  readonly #forms: SecretForms;

  constructor(secrets: readonly Secret[]) {
    this.#forms = formsOf(secrets);
  }

  /** A secret in a value, or in a value inside it: text, bytes, a number, a date, a list or an object, whose names count as well. */
  find(value: unknown): Finding | undefined {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'string') return this.#inText(value) ?? this.#asNumber(value);
    if (typeof value === 'number' || typeof value === 'bigint') return this.#inNumber(Number(value), String(value));
    if (value instanceof Date) return this.#inText(dateText(value));
    if (Buffer.isBuffer(value)) return this.#inText(value.toString('latin1')) ?? this.#inText(value.toString('utf8'));
    if (typeof value !== 'object') return undefined;
    for (const [name, inner] of Object.entries(value)) {
      const finding = (Array.isArray(value) ? undefined : this.find(name)) ?? this.find(inner);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  #inText(written: string): Finding | undefined {
    // Bytes of other character sets have NULs in between; base64 has line breaks, and FORMAT has commas.
    const text = written.replaceAll(/[\0\n]|,(?=\d{3})/g, '');
    if (text.length < LEAST_PART) return undefined;
    const { parts, hex, base64 } = this.#forms;
    const secret = lookUp(parts, text.toLowerCase(), LEAST_PART);
    if (secret !== undefined) return { secret, form: 'text', value: written };
    const asHex = lookUp(hex, text.toLowerCase(), LEAST_HEX);
    if (asHex !== undefined) return { secret: asHex, form: 'hex or digest', value: written };
    const asBase64 = lookUp(base64, text, LEAST_BASE64);
    if (asBase64 !== undefined) return { secret: asBase64, form: 'base64', value: written };
    const day = FAR_DAY.exec(text)?.[0];
    return day === undefined ? undefined : { secret: day, form: 'a date near it', value: written };
  }

  #asNumber(text: string): Finding | undefined {
    if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return this.#inNumber(Number(text), text);
    return /^[0-9A-F]{6,16}$/i.test(text) ? this.#inNumber(Number.parseInt(text, 16), text) : undefined;
  }

  #inNumber(number: number, value: string): Finding | undefined {
    const size = Math.abs(number);
    for (const [near, secret] of this.#forms.numbers) {
      if (Math.abs(size - near) <= 1) return { secret, form: 'number', value };
    }
    const isYear = Number.isInteger(size) && size >= FAR_YEAR && size < FAR_YEAR + YEARS;
    if (isYear) return { secret: value, form: 'year', value };
    return Number.isInteger(size) ? this.#inText(String(size)) : undefined;
  }
}

function lookUp(forms: ReadonlyMap<string, string>, text: string, length: number): string | undefined {
  for (const part of partsOf(text, length)) {
    const secret = forms.get(part);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/** As the server wrote it: mysql2 gives dates in the zone of the process. */
export function dateText(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
