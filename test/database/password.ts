/** Passwords of throw-away accounts. */
import { randomBytes } from 'node:crypto';

/** A password that needs no quoting, in SQL or in a URL: 144 random bits. */
export function createPassword(): string {
  return randomBytes(18).toString('base64url');
}
