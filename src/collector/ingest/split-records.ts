const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const BODY = /^\s*\{\s*"records"\s*:\s*\[/;
const BODY_END = /^\s*\]\s*\}\s*$/;

/**
 * Cuts `{"records":[…]}` into the exact bytes of each record. Parsing and writing them again would change them, and with them the hash that
 * the next record carries.
 *
 * It only finds where values end; each piece has still to be parsed as JSON.
 * @param body - attacker-controlled
 * @param most - after one more than so many it looks no further
 * @returns the pieces, or undefined where the frame is not of that form
 */
export function splitRecords(body: Buffer, most: number = Infinity): Buffer[] | undefined {
  const start = BODY.exec(body.toString('latin1', 0, 256))?.[0].length;
  if (start === undefined) return undefined;
  const records: Buffer[] = [];
  let from = start;
  for (;;) {
    const end = valueEnd(body, from);
    if (end === body.length) return undefined;
    const piece = body.subarray(from, end);
    if (body[end] === COMMA) {
      records.push(piece);
      if (records.length > most) return records;
      from = end + 1;
      continue;
    }
    if (!BODY_END.test(body.toString('latin1', end))) return undefined;
    if (records.length > 0 || piece.toString('latin1').trim() !== '') records.push(piece);
    return records;
  }
}

/** The position of the comma or bracket that ends the value, or the length of the body where there is none. */
function valueEnd(body: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) at = stringEnd(body, at);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth--;
    } else if (byte === COMMA && depth === 0) return at;
  }
  return body.length;
}

/** The position of the closing quote of a string that opens at `from`. */
function stringEnd(body: Buffer, from: number): number {
  for (let quote = body.indexOf(QUOTE, from + 1); quote !== -1; quote = body.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0;
    while (body[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
  }
  return body.length;
}
