import type { CountryCode } from 'libphonenumber-js/max';
import * as v from 'valibot';
import { checkOptions } from '../../options.js';
import { phoneLibrary } from './phone-library.js';
import type { Span } from './span.js';

/** What a detector can look for. */
export type DetectorKind = 'card' | 'iban' | 'email' | 'phone' | 'nationalId' | 'ip' | 'jwt' | 'secret';

/** A detector of your own. */
export interface CustomDetector {
  /** Stands in brackets in the place of what it finds: up to 64 letters, digits, `_`, `.` and `-`. No two have the same, nor that of a kind. */
  readonly name: string;
  /**
   * Finds what is to be replaced, in any order. It runs on every text, and must answer in time linear in its length.
   * @returns spans in UTF-16 code units; empty ones count for nothing
   */
  readonly find: (text: string) => Iterable<Span>;
}

/** Options of `createDetector`. */
export interface DetectorOptions {
  /** What to look for: one kind at least. Of two that find the same span, the one that stands first here names it. */
  readonly kinds: readonly DetectorKind[];
  /** Detectors of your own, behind the kinds. */
  readonly custom?: readonly CustomDetector[] | undefined;
  /**
   * Two letters of ISO 3166-1: what is valid as dialled in this country is a phone number without any word nearby. Where no leading zero is
   * dialled, as in the US, many an order number is valid.
   */
  readonly defaultRegion?: string | undefined;
}

/** All of them. */
export const KINDS: readonly DetectorKind[] = ['card', 'iban', 'email', 'phone', 'nationalId', 'ip', 'jwt', 'secret'];

const CustomSchema = v.strictObject({
  name: v.pipe(
    v.string('must be a string'),
    v.regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, "_", "." or "-"'),
    v.check((name) => !(KINDS as readonly string[]).includes(name), 'must not be the name of a kind'),
  ),
  find: v.custom<CustomDetector['find']>((value) => typeof value === 'function', 'must be a function'),
});

/** The options with what was not given filled in. */
export interface CheckedDetectorOptions {
  readonly kinds: readonly DetectorKind[];
  readonly custom: readonly CustomDetector[];
  readonly defaultRegion?: CountryCode | undefined;
}

const OptionsSchema = v.strictObject({
  kinds: v.pipe(
    v.array(v.picklist(KINDS, `must be one of ${KINDS.join(', ')}`), 'must be an array of kinds'),
    v.minLength(1, 'must name one kind at least'),
  ),
  custom: v.optional(
    v.pipe(
      v.array(CustomSchema, 'must be an array of { name, find }'),
      v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two have the same name'),
    ),
    [],
  ),
  defaultRegion: v.optional(
    v.pipe(
      v.string('must be a string'),
      v.check(
        (region) => phoneLibrary().isSupportedCountry(region),
        'must be a country in two capital letters, such as DE',
      ),
      v.transform((region) => region as CountryCode),
    ),
  ),
});

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkDetectorOptions(options: DetectorOptions): CheckedDetectorOptions {
  return checkOptions('createDetector', OptionsSchema, options);
}
