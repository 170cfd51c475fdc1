/**
 * Runs one use of a library. What fails there is printed and left out, so that one server's lack does not end the whole capture.
 * @param what named in the message
 */
export async function attempt(what: string, use: () => unknown): Promise<void> {
  try {
    await use();
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    console.log(`  ${what}: ${(cause instanceof Error ? cause.message : message).slice(0, 300)}`);
  }
}

/** Runs several uses, one after the other. */
export async function attemptAll(what: string, uses: readonly (() => unknown)[]): Promise<void> {
  for (const [index, use] of uses.entries()) await attempt(`${what} ${String(index)}`, use);
}
