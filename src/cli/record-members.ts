/** What an object of a record has: attacker-controlled, any member may be missing or of another type. */
export type Members = Readonly<Record<string, unknown>>;

/** The members of an object; none of what is no object. */
export function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
