/** What has to hold for any input. */
import { isUtf8 } from 'node:buffer';
import { KnownScope } from '../../src/sql/analysis-scope.js';
import { CanonicalWriter, KEY_PREFIX } from '../../src/sql/canonical/canonical-writer.js';
import { fingerprintOf } from '../../src/sql/canonical/layout.js';
import { readTokens, type Token } from '../../src/sql/canonical/token.js';
import { type Analyser, createAnalyser } from '../../src/sql/index.js';
import type { FuzzInput } from './inputs.js';

/** A check of an input: returns what is wrong, undefined where nothing is. What it throws is wrong too. */
export type Check = (input: FuzzInput) => string | undefined;

const VERSIONS = { mysql: 80036, mariadb: 101118 } as const;
/** What opens a token that must have an end: alone it is one that is broken. */
const BROKEN: ReadonlySet<string> = new Set(["'", '"', '`', '#', '@', '?', '\u0001']);
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
    if (tokens.some(isBroken)) return 'the canonical text cannot be read back';
    if (tokens.length > 0 && fingerprintOf(tokens) === '') return 'a statement has no fingerprint';
  }
  return undefined;
}

function isBroken({ kind, text }: Token): boolean {
  return kind === 'symbol' && (text.length > LONGEST_SYMBOL || BROKEN.has(text));
}

/** Checks by name, new ones at each call. */
export type CreateChecks = () => Readonly<Record<string, Check>>;

/** Those that are run on a share of the inputs only. */
export const DEAR: readonly string[] = ['analysis', 'spans'];

/** Those that do one thing, which has its time: `spans` analyses a text, and then each statement of it by itself. */
export const isTimed = (name: string): boolean => name !== 'spans';

/** Lexer and fingerprint, the analysis, and the spans of its statements, with a cache that they share. */
export const standardChecks: CreateChecks = () => {
  const analyser = createAnalyser();
  return {
    fingerprint: checkFingerprint,
    analysis: (input) => checkAnalysis(analyser, input),
    spans: (input) => checkSpans(analyser, input),
  };
};

/** Each text has a statement, and what is unknown says why. */
function checkAnalysis(analyser: Analyser, input: FuzzInput): string | undefined {
  const { statements } = analyser.analyse(input.bytes, 0, input.bytes.length, scopeOf(input));
  const isExplained = statements.every(
    ({ analysis }) => (analysis.kind === 'unknown') === (analysis.problem !== undefined),
  );
  if (!isExplained) return 'unknown without a reason';
  return statements.length === 0 ? 'no statement' : undefined;
}

/** Each statement has a span, and is the same one alone. */
function checkSpans(analyser: Analyser, input: FuzzInput): string | undefined {
  const { bytes } = input;
  const scope = scopeOf(input);
  const { statements } = analyser.analyse(bytes, 0, bytes.length, scope);
  const spans = analyser.split(bytes, 0, bytes.length, scope);
  if (statements.length !== spans.length) return 'not a span for each statement';
  for (const [index, { start, end }] of statements.length === 1 ? [] : spans.entries()) {
    // Two dashes begin a comment at the end of a text, and are operators before a semicolon: no statement ends with them.
    if (bytes.toString('latin1', start, end).endsWith('--')) continue;
    const alone = analyser.analyse(bytes, start, end, scope).statements;
    if (alone.length !== 1 || alone[0]?.fingerprint !== statements[index]?.fingerprint)
      return 'a statement is another one alone';
  }
  return undefined;
}
