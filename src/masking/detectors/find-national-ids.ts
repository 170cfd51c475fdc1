import { isNear, spansOf } from './matches.js';
import { NATIONAL_IDS, type NationalId } from './national-ids.js';
import type { Span } from './span.js';

/** National identification numbers; those without a check digit need a word that announces them. */
export function findNationalIds(text: string): Span[] {
  return NATIONAL_IDS.flatMap((id) => spansOf(id.pattern, text, (match, start) => idLength(id, text, match, start)));
}

function idLength({ holds, near }: NationalId, text: string, match: string, start: number): number {
  const code = match.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  if (!holds(code)) return 0;
  return near === undefined || isNear(near, text, start, match.length) ? match.length : 0;
}
