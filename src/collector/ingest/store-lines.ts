/**
 * Stores records, one a line; they are on the disk when it resolves.
 * @param sender - who sent them: the same for nobody else
 */
export type StoreLines = (lines: Buffer, sender: string) => Promise<unknown>;
