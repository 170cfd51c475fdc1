const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIMELY_MS = 900_000;

/**
 * Whether an id is of about the time at which its record came, as that of an honest writer whose receiver is up: a UUID of version 7 begins with a time.
 * @param id - attacker-controlled
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
export function isTimely(id: string, receivedAtMs: number): boolean {
  if (!UUID_V7.test(id)) return false;
  const atMs = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return Math.abs(receivedAtMs - atMs) < TIMELY_MS;
}
