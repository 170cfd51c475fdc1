import type { CheckedDetectorOptions, DetectorKind } from './detector-options.js';
import { findAssignments } from './find-assignments.js';
import { findCards } from './find-cards.js';
import { findEmails } from './find-emails.js';
import { findIbans } from './find-ibans.js';
import { findIpv4, findIpv6 } from './find-ips.js';
import { findJwts } from './find-jwts.js';
import { findKeyShapes } from './find-key-shapes.js';
import { findNationalIds } from './find-national-ids.js';
import { phoneFinder } from './find-phones.js';
import { findPrivateKeys } from './find-private-keys.js';
import { findUrlPasswords } from './find-url-passwords.js';
import { Hint } from './hints.js';
import type { Span } from './span.js';

/** Looks for one thing. */
export interface Finder {
  readonly name: string;
  /** It runs where one of these hints is given. */
  readonly hints: number;
  readonly find: (text: string) => readonly Span[];
}

/** What looks for a kind. */
export function findersOf(kind: DetectorKind, region: CheckedDetectorOptions['defaultRegion']): readonly Finder[] {
  switch (kind) {
    case 'card':
      return [{ name: kind, hints: Hint.DIGITS_13, find: findCards }];
    case 'iban':
      return [{ name: kind, hints: Hint.LETTER_DIGIT, find: findIbans }];
    case 'email':
      return [{ name: kind, hints: Hint.AT, find: findEmails }];
    case 'phone':
      return [{ name: kind, hints: Hint.DIGITS_7, find: phoneFinder(region) }];
    case 'nationalId':
      return [{ name: kind, hints: Hint.DIGITS_6 | Hint.LETTER_DIGIT, find: findNationalIds }];
    case 'ip':
      return [
        { name: kind, hints: Hint.DOTS, find: findIpv4 },
        { name: kind, hints: Hint.COLONS, find: findIpv6 },
      ];
    case 'jwt':
      return [{ name: kind, hints: Hint.TOKEN, find: findJwts }];
    case 'secret':
      return [
        { name: kind, hints: Hint.LONG_WORD, find: findKeyShapes },
        { name: kind, hints: Hint.DASHES, find: findPrivateKeys },
        { name: kind, hints: Hint.ASSIGNMENT, find: findAssignments },
        { name: kind, hints: Hint.ASSIGNMENT, find: findUrlPasswords },
      ];
  }
}
