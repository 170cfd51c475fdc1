import type * as masking from '../src/masking/detectors/index.js';
import type { Result } from './report/result.js';
import { spreadOf } from './report/spread.js';
import type { Scenario } from './scenario.js';

// What is installed, not what tsx makes of the source.
const built = new URL('../dist/src/masking/detectors/index.js', import.meta.url).href;
const { createDetector } = (await import(built)) as typeof masking;

const ALL = ['card', 'iban', 'email', 'phone', 'nationalId', 'ip', 'jwt', 'secret'] as const;
const BYTES = 1_000;
const CALLS = 5_000;
const WARM_UP_ROUNDS = 3;
const MOST_MICROS = 20;
const PROSE =
  'The order was shipped on Monday; the customer asked for a new invoice and said that the parcel had not come. We looked it up, called the carrier and sent another one. ';
const FOUND = 'Write to anna@example.org or call +49 30 901820; the card was 4111 1111 1111 1111. ';

/** The scenario. */
export const detectors: Scenario = {
  name: 'detectors',
  about: 'CPU of all detectors over a text of 1 kB, where they find nothing, and where they find three things',
  run: ({ rounds }) => Promise.resolve([over('nothing in 1 kB', '', rounds), over('three in 1 kB', FOUND, rounds)]),
};

function over(name: string, found: string, rounds: number): Result {
  const detect = createDetector({ kinds: ALL });
  const texts = Array.from({ length: 100 }, (_, no) => `${no} ${PROSE}${found}${PROSE.repeat(9)}`.slice(0, BYTES));
  const times: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (let call = 0; call < CALLS; call += 1) detect(texts[call % texts.length] ?? '');
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) times.push((user + system) / CALLS);
  }
  const goal = { of: 'measured', is: 'at most', limit: MOST_MICROS } as const;
  return { scenario: 'detectors', name, unit: 'µs', measured: spreadOf(times), goal };
}
