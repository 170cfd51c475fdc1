/** What a thrown value says of itself. Never throws, whatever was thrown: foreign code may throw what cannot be made a text of. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === 'string' ? thrown : `a value of type ${typeof thrown} was thrown`;
}
