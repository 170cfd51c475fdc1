import type { StatementRecord } from '../../../src/audit/index.js';
import { type AgentView, ServerGone, sortedRows, tookTooLong, view, type Via } from './agent-view.js';
import { drawOf } from './draw.js';
import type { LeakStatement } from './leak-statement.js';
import { LeakTally } from './leak-tally.js';
import { LANES, type Side } from './side.js';
import { isCoincidence, type Sighting, sighting } from './sighting.js';

/** Something that a masked value got out by. */
export interface Leak {
  /** Of the statement; undefined for a record, which several statements may have. */
  readonly index: number | undefined;
  readonly how: string;
  readonly statement: LeakStatement;
}

/** The server was gone while these statements were on their way. */
export class BatchLost extends Error {
  readonly suspects: readonly number[];

  constructor(suspects: readonly number[]) {
    super('the server is gone');
    this.suspects = suspects;
  }
}

/** A statement that has run with the secrets of the first twin. */
interface Checked {
  readonly index: number;
  readonly statement: LeakStatement;
  readonly isValid: boolean;
  readonly seen: AgentView;
  readonly sightings: readonly { readonly via: Via; readonly found: Sighting }[];
}

const VIAS: readonly Via[] = ['query', 'execute'];
const NOT_UNDERSTOOD = '(rule no-unknown-statements)';
/** What answers as it likes where rows are equal to what it orders them by. */
const LOOSE = /\b(?:OVER|GROUP_CONCAT|JSON_ARRAYAGG)\b|\b(?:ORDER|DISTINCT|UNION|GROUP)\b.*\bLIMIT [2-9]/;

/** Runs generated statements governed, where nobody governs, and then governed with other secrets. */
export class LeakBatch {
  readonly tally: LeakTally = new LeakTally();
  /** Secrets that were recognised. */
  readonly leaks: Leak[] = [];
  /** Statements that answer something else where the secrets are others. */
  readonly tells: Leak[] = [];
  readonly #side: Side;

  constructor(side: Side) {
    this.#side = side;
  }

  /**
   * Runs the statements of a seed.
   * @throws BatchLost
   */
  async run(seed: number, indexes: readonly number[]): Promise<void> {
    const before = (await this.#side.governed.records()).length;
    const checked = await inLanes(
      indexes,
      (index) => index,
      (index) => this.#check(index, this.#side.write(drawOf(seed, index))),
    );
    this.#checkRecords((await this.#side.governed.records()).slice(before), checked);
    await this.#side.become('second');
    await inLanes(
      checked,
      ({ index }) => index,
      (each) => this.#compare(each),
    );
    await this.#side.become('first');
  }

  async #check(index: number, statement: LeakStatement): Promise<Checked> {
    const { stock, pool, finder } = this.#side;
    this.tally.statements += 1;
    const seen = await view(pool, statement, 'query');
    const views = [seen, await view(pool, statement, 'execute')];
    // What is not understood may hang the server, by a CTE within a CTE that reads a table of its own name.
    const plain = seen.error?.message.includes(NOT_UNDERSTOOD) === true ? seen : await view(stock, statement, 'query');
    if (sighting(finder, statement, plain)?.place === 'a cell') this.tally.tripped += 1;
    if (plain.error === undefined) this.tally.count(plain, seen);
    const sightings = views.flatMap((each, at) => {
      const found = sighting(finder, statement, each);
      return found === undefined ? [] : [{ via: VIAS[at] ?? 'query', found }];
    });
    return { index, statement, isValid: plain.error === undefined, seen, sightings };
  }

  async #compare({ index, statement, seen, sightings }: Checked): Promise<void> {
    const { pool, finder } = this.#side;
    for (const { via, found } of sightings) {
      if (isCoincidence(found, await view(pool, statement, via))) continue;
      const how = `by ${via}, in ${found.place}: ${JSON.stringify(found.value)} tells ${found.secret} (${found.form})`;
      this.leaks.push({ index, how, statement });
    }
    const { sql, values } = statement;
    if (seen.rows === undefined || LOOSE.test(sql) || finder.find([sql, values]) !== undefined) return;
    const there = await view(pool, statement, 'query');
    if (tookTooLong(there)) return;
    this.tally.compared += 1;
    if (there.error === undefined && isSame(seen, there)) return;
    const how = `its answer depends on secrets: ${JSON.stringify([seen.rows, there.rows ?? there.error])}`;
    this.tells.push({ index, how, statement });
  }

  /** Records hold neither what came out nor what was looked up. What is not valid may compare a value with a column that does not exist. */
  #checkRecords(records: readonly StatementRecord[], checked: readonly Checked[]): void {
    const invalid = new Set(checked.filter(({ isValid }) => !isValid).map(({ statement: { sql } }) => shapeOf(sql)));
    for (const record of records) {
      const { text } = record.statement;
      const found = invalid.has(shapeOf(text)) ? undefined : this.#side.finder.find(textsOf(record));
      if (found === undefined) continue;
      const statement = { sql: text, values: [] };
      this.leaks.push({ index: undefined, how: `in a record: ${found.secret} (${found.form})`, statement });
    }
  }
}

/** A statement without its literals. */
function shapeOf(sql: string): string {
  return sql.replaceAll(/'[^']*'|"[^"]*"|\[redacted\]|\b\d[\d.]*|\?/g, '~');
}

/** Runs several at a time. @throws BatchLost after all of them have ended */
async function inLanes<Item, Result>(
  items: readonly Item[],
  indexOf: (item: Item) => number,
  run: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const suspects: number[] = [];
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (suspects.length > 0) return;
      try {
        results.push(await run(item));
      } catch (error) {
        if (!(error instanceof ServerGone)) throw error;
        suspects.push(indexOf(item));
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (suspects.length > 0) throw new BatchLost(suspects);
  return results;
}

function isSame(one: AgentView, other: AgentView): boolean {
  return sortedRows(one.rows).join('\n') === sortedRows(other.rows).join('\n');
}

/** Leaves out what holds six given digits by chance now and then: digests, ids, times and figures. */
function textsOf({ statement, outcome, verdict, task }: StatementRecord): unknown {
  const { text, parameters, fingerprint, summary, tables } = statement;
  return [text, parameters, fingerprint, summary, tables, outcome.error?.message, outcome.masked, verdict, task];
}
