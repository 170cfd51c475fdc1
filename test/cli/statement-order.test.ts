import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inStatementOrder } from '../../src/cli/statement-order.js';
import { numbersTo } from '../audit/trail-fixtures.js';

async function ordered(...nos: readonly (number | string)[]): Promise<(number | string)[]> {
  async function* records(): AsyncGenerator<string> {
    for (const no of nos) {
      yield JSON.stringify(typeof no === 'number' ? { session: { statement_no: no } } : { event: no });
    }
  }
  const found: (number | string)[] = [];
  for await (const json of inStatementOrder(records())) {
    const { session, event } = JSON.parse(json) as { session?: { statement_no: number }; event?: string };
    found.push(session?.statement_no ?? event ?? '');
  }
  return found;
}

test('a refusal that overtook a statement comes after it', async () => {
  expect(await ordered('open', 1, 3, 4, 2, 5, 'close')).toEqual(['open', 1, 2, 3, 4, 5, 'close']);
});

test('what is missing holds up nothing for good', async () => {
  expect(await ordered(1, 4, 5, 'close')).toEqual([1, 4, 5, 'close']);
  const late = numbersTo(5000).map((no) => no + 700);
  expect(await ordered(...late)).toEqual(late);
});

test('records with nonsense for a number are passed on', async () => {
  expect(await ordered(1, -7, 2, 1.5)).toEqual([1, -7, 2, 1.5]);
});

test('any order within the bound is put right', async () => {
  const shuffled = fc.shuffledSubarray(numbersTo(300), { minLength: 300, maxLength: 300 });
  const property = fc.asyncProperty(shuffled, async (nos) => {
    expect(await ordered(...nos)).toEqual(numbersTo(300));
  });
  await fc.assert(property);
});
