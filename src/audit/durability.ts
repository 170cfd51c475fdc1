/**
 * What a record has to survive before its statement goes out. `os`: the end of the process, `kill -9` included. `disk`: the end of the machine, as
 * far as its disk keeps what it acknowledges. `remote`: the loss of the machine with its disk: a receiver has acknowledged an `intent` record.
 */
export type Durability = 'os' | 'disk' | 'remote';

const WEAKEST_FIRST: readonly Durability[] = ['os', 'disk', 'remote'];

/** The strongest of some; `os` where none is given. */
export function strongest(durabilities: readonly (Durability | undefined)[]): Durability {
  return WEAKEST_FIRST.findLast((each) => durabilities.includes(each)) ?? 'os';
}
