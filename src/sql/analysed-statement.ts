import { createHash } from 'node:crypto';

import type { AnalysedStatement, Analysis, AnalysisScope } from './analysis.js';
import { fingerprintOf } from './canonical/layout.js';
import { readTokens, type Token } from './canonical/token.js';
import { unknownAnalysis } from './grammar/analysis-of.js';
import { problems } from './lexer/problem.js';
import { analyseStatement } from './statement-analysis.js';
import type { WorkBudget } from './work-budget.js';

/** Most characters of a summary, as OpenTelemetry bounds `db.query.summary`. */
const MAX_SUMMARY = 255;
/** Most characters of an unreadable text that its fingerprint keeps. */
const MAX_UNREADABLE = 4_096;
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Analyses a statement and describes it for records.
 * @param budget of the whole text
 */
export function describeStatement(
  tokens: readonly Token[],
  scope: AnalysisScope,
  budget: WorkBudget,
): AnalysedStatement {
  // utf8mb3 has no such characters, and no identifier may hold one.
  const isReadable = !tokens.some((token) => SURROGATE.test(token.text));
  const analysis = isReadable ? analyseStatement(tokens, scope, budget) : unknownAnalysis('UNKNOWN', problems.encoding);
  return describe(fingerprintOf(tokens), analysis);
}

/**
 * Describes a text that cannot be read.
 * @param beginning canonical text of what could be read
 * @param problem why it cannot be read
 */
export function describeUnreadable(beginning: string, problem: string): AnalysedStatement {
  const text = beginning.replaceAll('\u0001', ';').slice(0, MAX_UNREADABLE);
  return describe(`${fingerprintOf(readTokens(text))} …`.trimStart(), unknownAnalysis('UNKNOWN', problem));
}

function describe(fingerprint: string, analysis: Analysis): AnalysedStatement {
  const digest = createHash('sha256').update(fingerprint).digest('base64url');
  const described = { fingerprint, digest, summary: summaryOf(analysis), analysis: Object.freeze(analysis) };
  return Object.freeze(tellsSecrets(fingerprint) ? { ...described, secret: true } : described);
}

/**
 * Where servers take passwords and keys: accounts, replication, federated tables, and functions that are given one. MySQL leaves most of them out of
 * its own logs (sql/sql_rewrite.cc).
 */
const SECRETS = new RegExp(
  [
    String.raw`\bidentified\b`,
    String.raw`^\s*set\b.*(?:password|wsrep_sst_auth)`,
    String.raw`\b(?:old_)?password\s?\(`,
    String.raw`\b(?:master|source)_password\b`,
    String.raw`\bstart\s+(?:replica|slave|group_replication)\b`,
    String.raw`\b(?:create|alter)\s+(?:or\s+replace\s+)?server\b`,
    String.raw`^\s*(?:create|alter)\b.*\bconnection\s?=`,
    String.raw`\b(?:(?:aes|des)_(?:en|de)crypt|encrypt|kdf|keyring_key_store)\s?\(`,
    String.raw`\bauthentication_string\b`,
  ].join('|'),
  'is',
);

/** Whether a text, or its fingerprint, says that it may hold a password or a key. */
export function tellsSecrets(text: string): boolean {
  return SECRETS.test(text);
}

function summaryOf({ kind, operation, tables, routines }: Analysis): string {
  const names = new Set([...tables.map(({ table }) => table), ...(kind === 'call' ? (routines ?? []) : [])]);
  return [operation, ...names].join(' ').slice(0, MAX_SUMMARY);
}
