const AMPERSAND = 0x26;
const MINUS = 0x2d;
const COLON = 0x3a;
const LESS = 0x3c;
const EQUAL = 0x3d;
const GREATER = 0x3e;
const BANG = 0x21;
const PIPE = 0x7c;

/** Length of the operator at `at`, 1 to 3 bytes: `<=>`, `->>`, `:=`, `||` and so on are one token each. */
export function operatorLength(bytes: Uint8Array, at: number, end: number): number {
  const second = at + 1 < end ? bytes[at + 1] : undefined;
  const third = at + 2 < end ? bytes[at + 2] : undefined;
  switch (bytes[at]) {
    case LESS:
      if (second === EQUAL) return third === GREATER ? 3 : 2;
      return second === GREATER || second === LESS ? 2 : 1;
    case GREATER:
      return second === EQUAL || second === GREATER ? 2 : 1;
    case MINUS:
      if (second !== GREATER) return 1;
      return third === GREATER ? 3 : 2;
    case BANG:
    case COLON:
      return second === EQUAL ? 2 : 1;
    case PIPE:
      return second === PIPE ? 2 : 1;
    case AMPERSAND:
      return second === AMPERSAND ? 2 : 1;
    default:
      return 1;
  }
}
