/** The inputs of the fuzzer: known attacks and statements, grammar and noise, mutated. */
import type { AnalysisScope } from '../../src/sql/analysis.js';
import { statement } from './grammar.js';
import { amplify, mutations } from './mutations.js';
import { Random } from './random.js';
import { sampleAttacks, sampleStatements } from './sample-statements.js';

/** One input. */
export interface FuzzInput {
  /** With the seed, what makes it again. */
  readonly index: number;
  readonly bytes: Buffer;
  readonly flavour: AnalysisScope['dialect']['flavour'];
  readonly sqlMode: string;
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
const attacks = sampleAttacks().map(latin1);
const statements = sampleStatements().map(latin1);
const MODES = [
  '',
  '',
  '',
  'ANSI_QUOTES',
  'NO_BACKSLASH_ESCAPES',
  'ANSI_QUOTES,NO_BACKSLASH_ESCAPES',
  'PIPES_AS_CONCAT',
  'IGNORE_SPACE',
];
const AMPLIFIED_ONCE_IN = 5_000;

/** The input of an index. Most are short; one in 5,000 is made long, up to `maxBytes`. */
export function fuzzInput(seed: number, index: number, maxBytes: number): FuzzInput {
  const random = new Random(seed, index);
  const sqlMode = random.pick(MODES);
  const flavour = random.once(4) ? 'mysql' : 'mariadb';
  let text = base(random);
  for (let left = random.below(5); left > 0; left -= 1) text = random.pick(mutations)(text, random, base(random));
  if (random.once(AMPLIFIED_ONCE_IN)) text = amplify(text, random, maxBytes);
  return { index, bytes: Buffer.from(text, 'latin1'), flavour, sqlMode };
}

function base(random: Random): string {
  const kind = random.below(16);
  if (kind < 5) return random.pick(attacks);
  if (kind < 9) return random.pick(statements);
  if (kind < 15) return latin1(statement(random));
  return Array.from({ length: random.below(60) }, () => String.fromCharCode(random.below(256))).join('');
}
