/** What stands in the place of a text of which nothing is left. */
export const MASKED = '[masked]';

/** Turns a text into what the caller sees; null for SQL NULL. */
export type TextMasker = (text: string) => string | null;

/** First letter and domain: `a***@example.test`; what is not an address is redacted. */
export function maskEmail(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 1 ? MASKED : `${String.fromCodePoint(text.codePointAt(0) ?? 0)}***${text.slice(at)}`;
}

/** The first letter of each word: `A*** S***`. */
export function maskName(text: string): string {
  return text.replace(/\S+/gu, (word) => `${Array.from(word)[0] ?? ''}***`);
}

/** The last two digits: `+** *** ***42`; fewer than six digits are redacted. */
export function maskPhone(text: string): string {
  return maskDigits(text, 6, 0, 2);
}

/**
 * The last four digits of a card: `****-****-****-1111`; fewer than twelve are redacted.
 * @param bin - the first six, too
 */
export function maskCard(text: string, bin: boolean): string {
  return maskDigits(text, 12, bin ? 6 : 0, 4);
}

/** Leaves characters at the ends, and none where there is nothing between them. */
export function maskPartly(text: string, first: number, last: number, filler: string): string {
  const characters = Array.from(text);
  if (characters.length <= first + last) return filler.repeat(characters.length);
  return characters
    .map((character, at) => (at < first || at >= characters.length - last ? character : filler))
    .join('');
}

function maskDigits(text: string, least: number, first: number, last: number): string {
  const count = text.replace(/\D/g, '').length;
  // Letters may be a part of what is to be masked.
  if (count < least || /[^\d\s().+/-]/.test(text)) return MASKED;
  let seen = 0;
  return text.replace(/\d/g, (digit) => {
    seen += 1;
    return seen <= first || seen > count - last ? digit : '*';
  });
}
