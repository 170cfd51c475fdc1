import { members } from './record-members.js';

/** Records that wait for an earlier statement. What a refusal overtakes is on its way: it cannot be many. */
const MAX_WAITING = 1000;

interface Waiting {
  readonly no: number;
  readonly record: string;
}

/**
 * Puts the records of one session in the order of its statements. They come in the order of the outcomes, in which a refusal may overtake a
 * statement that still runs.
 * @param records in the order of their writer; each one record's JSON
 */
export async function* inStatementOrder(records: AsyncIterable<string>): AsyncGenerator<string> {
  const waiting: Waiting[] = [];
  let next = 1;
  let highest = 0;
  for await (const record of records) {
    // What is no statement comes after the statements that it came after.
    const no = statementNoOf(record) ?? highest;
    highest = Math.max(highest, no);
    waiting.splice(waiting.findLastIndex((other) => other.no <= no) + 1, 0, { no, record });
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (first.no > next && waiting.length <= MAX_WAITING) break;
      next = Math.max(next, first.no + 1);
      waiting.shift();
      yield first.record;
    }
  }
  for (const { record } of waiting) yield record;
}

function statementNoOf(record: string): number | undefined {
  const no = members(members(JSON.parse(record)).session).statement_no;
  return typeof no === 'number' && Number.isSafeInteger(no) && no > 0 ? no : undefined;
}
