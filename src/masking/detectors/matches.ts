import type { Span } from './span.js';

/**
 * The matches of a pattern that hold. What does not hold is tried again from its next character, so that a number which swallowed the begin of
 * another hides nothing.
 * @param pattern - global, never empty; of bounded length, or the work would not be linear
 * @param take - how many characters of a match hold; 0 for none
 */
export function spansOf(pattern: RegExp, text: string, take: (match: string, start: number) => number): Span[] {
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index;
    const length = take(match[0], start);
    if (length > 0) spans.push({ start, end: start + length });
    pattern.lastIndex = start + Math.max(length, 1);
  }
  return spans;
}

const BEFORE = 48;
const BEHIND = 24;

/** Whether one of the words stands within 48 characters before a span, or 24 behind it. */
export function isNear(words: RegExp, text: string, start: number, length: number): boolean {
  return words.test(text.slice(Math.max(0, start - BEFORE), start + length + BEHIND));
}
