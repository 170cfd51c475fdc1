import { type DebianProgram, findOrUnpack } from '../../test/transports/debian-program.js';

/** What the commands of the page take beside Countersign. */
export interface OtherPrograms {
  /** Where they are, by their names. */
  readonly found: Readonly<Record<string, DebianProgram>>;
  readonly missing: readonly string[];
}

/** Finds curl and jq, which are not on each machine. */
export async function findOthers(): Promise<OtherPrograms> {
  const found: Record<string, DebianProgram> = {};
  const missing: string[] = [];
  for (const program of ['curl', 'jq']) {
    const source = await findOrUnpack({ program, packages: [program] });
    if (typeof source === 'string') missing.push(program);
    else found[program] = source;
  }
  return { found, missing };
}
