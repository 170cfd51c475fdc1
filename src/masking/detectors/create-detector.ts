import { FailureError } from '../../errors.js';
import { checkDetectorOptions, type CustomDetector, type DetectorOptions } from './detector-options.js';
import { isSecretOf } from './find-assignments.js';
import { type Finder, findersOf } from './finders.js';
import { readHints } from './hints.js';
import { type NamedSpan, replaceSpans } from './span.js';

/**
 * Replaces what was found in a text by `[kind]`, such as `[email]`; all else stays as it is.
 * @param context - what the text is of, such as the name of its column or JSON key; it counts as a word before the text
 */
export type Detect = (text: string, context?: string) => string;

/**
 * Makes what finds personal data and secrets in free text, in time linear in its length.
 * @throws FailureError `OPTIONS_INVALID` naming every option that is wrong; from the detector, where a custom one gives a span that is not in the text
 * @example
 * ```ts
 * const detect = createDetector({ kinds: ['email', 'card'] });
 * detect('Bob (bob@example.com) paid with 4111 1111 1111 1111'); // 'Bob ([email]) paid with [card]'
 * ```
 */
export function createDetector(options: DetectorOptions): Detect {
  const { kinds, custom, defaultRegion } = checkDetectorOptions(options);
  const finders = [...new Set(kinds)].flatMap((kind) => findersOf(kind, defaultRegion));
  const hasSecrets = kinds.includes('secret');
  return (text, context) => {
    if (hasSecrets && context !== undefined && isSecretOf(context, text)) return '[secret]';
    const before = context === undefined ? '' : `${wordsOf(context)}: `;
    const found = [...builtInSpans(finders, before, text), ...custom.flatMap((own) => customSpans(own, text))];
    return replaceSpans(text, found);
  };
}

function builtInSpans(finders: readonly Finder[], before: string, text: string): NamedSpan[] {
  const whole = before + text;
  const hints = readHints(whole);
  const found: NamedSpan[] = [];
  for (const { name, hints: wanted, find } of finders) {
    if ((hints & wanted) === 0) continue;
    for (const { start, end } of find(whole)) {
      if (end <= before.length) continue;
      found.push({ start: Math.max(start - before.length, 0), end: end - before.length, name });
    }
  }
  return found;
}

function customSpans({ name, find }: CustomDetector, text: string): NamedSpan[] {
  return Array.from(find(text), ({ start, end }) => {
    const isWithin = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end;
    if (isWithin && end <= text.length) return { start, end, name };
    throw new FailureError(
      'OPTIONS_INVALID',
      `the detector ${name} gave the span ${start} to ${end} of a text of ${text.length} characters`,
    );
  }).filter(({ start, end }) => start < end);
}

const MAX_CONTEXT = 64;

/** `userPhone` says phone. */
function wordsOf(context: string): string {
  return context.slice(-MAX_CONTEXT).replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');
}
