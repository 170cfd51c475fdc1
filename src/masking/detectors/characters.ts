/** The code units that the detectors look for by number. */
export const Code = {
  TAB: 0x09,
  SPACE: 0x20,
  DASH: 0x2d,
  DOT: 0x2e,
  SLASH: 0x2f,
  COLON: 0x3a,
  AT: 0x40,
  BACKSLASH: 0x5c,
  UNDERSCORE: 0x5f,
} as const;

/** 0 to 9; false for NaN, which `charCodeAt` gives beyond the text. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A to Z in either case. */
export function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** A digit or a letter of ASCII: what a number or code may not stick to. Other scripts write without blanks, and so may. */
export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code);
}

/** A blank within a line, however wide. */
export function isBlank(code: number): boolean {
  if (code < 0x80) return code === Code.SPACE || code === Code.TAB;
  return code === 0xa0 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** A hyphen, dash or minus. */
export function isDash(code: number): boolean {
  return code === Code.DASH || (code >= 0x2010 && code <= 0x2015) || code === 0x2212;
}

/** The alphabet of base64url, RFC 4648 section 5. */
export function isBase64Url(code: number): boolean {
  return isAlphanumeric(code) || code === Code.DASH || code === Code.UNDERSCORE;
}
