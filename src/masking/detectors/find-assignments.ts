import { Code, isAsciiLetter, isBlank } from './characters.js';
import type { Span } from './span.js';

/** Names whose value is always a secret, at the end of a longer one or alone. */
const STRONG =
  /(?:pass(?:wor[dt]|wd|phrase|code)|pwd|kennwort|mot de passe|contrase(?:ñ|n)a|senha|(?:api|secret|access|private|auth|account|signing|encryption)[ _-]?key|api[ _-]?(?:token|secret)|(?:access|auth|refresh|bearer|session)[ _-]?token|client[ _-]?secret)$/i;
/** Names that prose uses as well: their value must be long. */
const WEAK = /(?:secret|token)$/i;
const LEAST_WEAK = 8;

const MAX_NAME = 24;
const MAX_BLANKS = 3;
const MAX_CLOSERS = 4;
const MAX_QUOTED = 1_024;

const CLOSERS = '"\'`\\])';
const QUOTES = '"\'`';
/** What ends a value without quotes: it stands in a URL, a connection string, or markup. */
const ENDS = `${QUOTES}&;<>`;
/** What a sentence, list or object adds to one. */
const TRAILERS = ',.)]}\\';

/** Values that are assigned to a name such as `password`, by `=`, `:`, `:=` or `=>`; also within JSON. The name stays. */
export function findAssignments(text: string): Span[] {
  const spans: Span[] = [];
  for (const sign of ['=', ':']) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      const least = leastLength(text, at);
      const value = least === 0 ? undefined : valueAt(text, startOfValue(text, at));
      if (value === undefined || value.end - value.start < least) continue;
      spans.push(value);
      at = value.end - 1;
    }
  }
  return spans;
}

/** Whether a value is a secret as a whole, blanks included, because of the name of its column or key. */
export function isSecretOf(name: string, value: string): boolean {
  const least = leastLengthFor(name.slice(-MAX_NAME));
  return least > 0 && value.length >= least;
}

/** How long a value must be for the name before a sign; 0 where the name is none. */
function leastLength(text: string, sign: number): number {
  let end = skipBack(text, sign, MAX_BLANKS, isBlank);
  end = skipBack(text, end, MAX_CLOSERS, (code) => CLOSERS.includes(String.fromCharCode(code)));
  if (!isAsciiLetter(text.charCodeAt(end - 1))) return 0;
  return leastLengthFor(text.slice(Math.max(0, end - MAX_NAME), end));
}

function leastLengthFor(name: string): number {
  if (STRONG.test(name)) return 1;
  return WEAK.test(name) ? LEAST_WEAK : 0;
}

function skipBack(text: string, from: number, most: number, isSkipped: (code: number) => boolean): number {
  let at = from;
  while (at > 0 && from - at < most && isSkipped(text.charCodeAt(at - 1))) at--;
  return at;
}

function startOfValue(text: string, sign: number): number {
  let at = sign + 1;
  while (at - sign <= 2 && '=>'.includes(text.charAt(at) || ' ')) at++;
  const begin = at;
  while (at - begin < MAX_BLANKS && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function valueAt(text: string, from: number): Span | undefined {
  let start = from;
  while (start - from < MAX_CLOSERS && text.charCodeAt(start) === Code.BACKSLASH) start++;
  const quote = text.charAt(start);
  const isQuoted = quote !== '' && QUOTES.includes(quote);
  const end = isQuoted ? endOfQuoted(text, start + 1, quote, start > from) : undefined;
  if (end !== undefined) return { start: start + 1, end };
  return unquoted(text, isQuoted ? start + 1 : start);
}

/** @param isEscaped - the quotes themselves stand behind backslashes, as in JSON within JSON */
function endOfQuoted(text: string, start: number, quote: string, isEscaped: boolean): number | undefined {
  for (let at = start; at - start < MAX_QUOTED && at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\n') return undefined;
    if (char === quote) return isEscaped ? skipBack(text, at, MAX_CLOSERS, (code) => code === Code.BACKSLASH) : at;
    if (char === '\\' && !isEscaped) at++;
  }
  return undefined;
}

function unquoted(text: string, start: number): Span {
  let end = start;
  while (end < text.length && !/\s/.test(text.charAt(end)) && !ENDS.includes(text.charAt(end))) end++;
  while (end > start && TRAILERS.includes(text.charAt(end - 1))) end--;
  return { start, end };
}
