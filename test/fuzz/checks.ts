/** What has to hold for any input. */
import { isUtf8 } from 'node:buffer';
import { KnownScope } from '../../src/sql/analysis-scope.js';
import { CanonicalWriter, KEY_PREFIX } from '../../src/sql/canonical/canonical-writer.js';
import { fingerprintOf } from '../../src/sql/canonical/layout.js';
import { readTokens } from '../../src/sql/canonical/token.js';
import { type Analyser, createAnalyser } from '../../src/sql/index.js';
import type { FuzzInput } from './inputs.js';

/** A check of an input: returns what is wrong, undefined where nothing is. What it throws is wrong too. */
export type Check = (input: FuzzInput) => string | undefined;

const VERSIONS = { mysql: 80036, mariadb: 101118 } as const;
const LONGEST_SYMBOL = 3;

const writer = new CanonicalWriter(65_536);
const scopes = new Map<string, KnownScope>();

function scopeOf({ flavour, sqlMode }: FuzzInput): KnownScope {
  const key = `${flavour} ${sqlMode}`;
  const known = scopes.get(key) ?? new KnownScope({ flavour, version: VERSIONS[flavour] }, 'app', sqlMode);
  scopes.set(key, known);
  return known;
}

/** Lexer and fingerprint: what they write can be read back whole, and holds a fingerprint for each statement. */
export function checkFingerprint(input: FuzzInput): string | undefined {
  const problem = writer.write(input.bytes, 0, input.bytes.length, scopeOf(input).rules);
  if (problem !== undefined) return problem === '' ? 'refused without a reason' : undefined;
  const canonical = writer.buffer.subarray(KEY_PREFIX, writer.length);
  if (!isUtf8(canonical)) return undefined;
  const texts = canonical.toString().split('\u0001');
  if (texts.length !== writer.semicolons.length + 1) return 'as many statements as semicolons say were not written';
  for (const text of texts) {
    const tokens = readTokens(text);
    if (tokens.some(({ kind, text: symbol }) => kind === 'symbol' && symbol.length > LONGEST_SYMBOL)) {
      return 'the canonical text cannot be read back';
    }
    if (tokens.length > 0 && fingerprintOf(tokens) === '') return 'a statement has no fingerprint';
  }
  return undefined;
}

/** The whole analysis with an analyser of its own cache: each statement has a span, alone it is the same, and unknown ones say why. */
export function createAnalysisCheck(): Check {
  const analyser = createAnalyser();
  return (input) => checkAnalysis(analyser, input);
}

function checkAnalysis(analyser: Analyser, input: FuzzInput): string | undefined {
  const { bytes } = input;
  const scope = scopeOf(input);
  const { statements } = analyser.analyse(bytes, 0, bytes.length, scope);
  const spans = analyser.split(bytes, 0, bytes.length, scope);
  if (statements.length === 0 || statements.length !== spans.length) return 'not a span for each statement';
  for (const [index, { analysis, fingerprint }] of statements.entries()) {
    if ((analysis.kind === 'unknown') !== (analysis.problem !== undefined)) return 'unknown without a reason';
    const span = spans[index];
    // Two dashes begin a comment at the end of a text, and are operators before a semicolon: no statement ends with them.
    if (span === undefined || statements.length === 1 || bytes.toString('latin1', 0, span.end).endsWith('--')) continue;
    const alone = analyser.analyse(bytes, span.start, span.end, scope).statements;
    if (alone.length !== 1 || alone[0]?.fingerprint !== fingerprint) return 'a statement is another one alone';
  }
  return undefined;
}
