import { drawing, START_MS, VARIETY } from './collector-records.js';
import { pairedResult } from './report/paired-result.js';
import type { Result } from './report/result.js';
import { quantile, spreadOf } from './report/spread.js';

const SEARCHES = 200;
/** What is asked of a collector that it need not look for anything. */
const BASELINE = { path: '/healthz', name: 'healthz' };

/** How long first pages of 50 take, the newest first: searches of all kinds take turns, each in turn with a question about nothing. */
export async function searchResults(url: string): Promise<readonly Result[]> {
  const kinds = Object.entries(searchKinds()).map(([name, query]) => ({
    name,
    query,
    pairs: [] as [number, number][],
  }));
  for (let no = 0; no < SEARCHES; no++) {
    for (const { query, pairs } of kinds) {
      const nothing = await timed(`${url}${BASELINE.path}`);
      pairs.push([nothing, await timed(`${url}/v1/records?order=desc&limit=50&${query()}`)]);
    }
  }
  return kinds.flatMap(({ name, pairs }) => [
    pairedResult(['collector', `search by ${name}`], pairs, { unit: 'ms', by: BASELINE.name }),
    {
      ...{ scenario: 'collector', name: `search by ${name}, 99th percentile`, unit: 'ms' as const },
      measured: spreadOf([
        quantile(
          pairs.map(([, took]) => took),
          0.99,
        ),
      ]),
    },
  ]);
}

/** What is searched by, each time with another value. */
function searchKinds(): Readonly<Record<string, () => string>> {
  const draw = drawing(99);
  const agent = (): string => `agent=agent-${draw(VARIETY.agents)}`;
  const task = (): string => `task=T-${draw(VARIETY.tasks)}`;
  const table = (): string => `table=shop.t${draw(VARIETY.tables)}`;
  const time = (): string => {
    const from = START_MS + draw(VARIETY.days) * 86_400_000;
    const isoOf = (ms: number): string => new Date(ms).toISOString();
    return `since=${isoOf(from)}&until=${isoOf(from + 3_600_000)}`;
  };
  const text = (): string => `text=${draw(100_000)}`;
  return {
    agent,
    task,
    table,
    time,
    text,
    'agent and table, written': () => `${agent()}&written=shop.t${draw(VARIETY.tables)}`,
    'agent and time': () => `${agent()}&${time()}`,
    'agent and task': () => `${agent()}&${task()}`,
    'task and text': () => `${task()}&text=open`,
    'denied, of a table': () => `status=denied&${table()}`,
    'an agent that is not there': () => `agent=nobody-${draw(1e6)}`,
    'agent, and more rows than any': () => `rows=${19 + draw(2)}&${agent()}`,
  };
}

async function timed(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a search was answered ${response.status}`);
  return performance.now() - began;
}
