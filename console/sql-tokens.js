// @ts-check

/** @typedef {'comment' | 'string' | 'name' | 'number' | 'keyword' | 'parameter' | 'plain'} TokenKind */
/** @typedef {{ readonly kind: TokenKind, readonly text: string }} Token */

const TOKEN = new RegExp(
  [
    /(?<comment>\/\*[^]*?(?:\*\/|$)|--(?=\s|$)[^\n]*|#[^\n]*)/u,
    /(?<string>'(?:[^'\\]|\\[^]|'')*(?:'|$)|"(?:[^"\\]|\\[^]|"")*(?:"|$))/u,
    /(?<name>`[^`]*(?:`|$))/u,
    /(?<parameter>\?|@{1,2}[\w$.]+)/u,
    /(?<number>\b(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b)/u,
    /(?<word>[\p{L}_$][\p{L}\p{N}_$]*)/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'giu',
);

const KEYWORDS = new Set(
  (
    'ADD ALL ALTER ANALYZE AND AS ASC BEGIN BETWEEN BY CALL CASE CAST COLUMN COMMIT CREATE CROSS DATABASE DEFAULT DELETE DESC DESCRIBE DISTINCT DO DROP ' +
    'DUPLICATE ELSE END EXCEPT EXECUTE EXISTS EXPLAIN FALSE FOR FOREIGN FROM FULL FUNCTION GRANT GROUP HAVING IF IGNORE IN INDEX INFILE INNER INSERT INTERSECT ' +
    'INTERVAL INTO IS JOIN KEY LEFT LIKE LIMIT LOAD LOCK NOT NULL OFFSET ON OR ORDER OUTER OUTFILE OVER PARTITION PREPARE PRIMARY PROCEDURE RECURSIVE ' +
    'REGEXP RENAME REPLACE RETURNING REVOKE RIGHT ROLLBACK SAVEPOINT SELECT SET SHOW START STRAIGHT_JOIN TABLE THEN TO TRANSACTION TRIGGER TRUE TRUNCATE ' +
    'UNION UNIQUE UNLOCK UPDATE USE USING VALUES VIEW WHEN WHERE WINDOW WITH XOR'
  ).split(' '),
);

/**
 * Cuts SQL into what is coloured. It is for the eye only: what a statement means was decided elsewhere.
 * @param {string} text
 * @returns {Token[]}
 */
export function sqlTokens(text) {
  /** @type {Token[]} */
  const tokens = [];
  let at = 0;
  for (const { 0: found, index, groups = {} } of text.matchAll(TOKEN)) {
    if (index > at) tokens.push({ kind: 'plain', text: text.slice(at, index) });
    tokens.push({ kind: kindOf(groups), text: found });
    at = index + found.length;
  }
  if (at < text.length) tokens.push({ kind: 'plain', text: text.slice(at) });
  return tokens;
}

/**
 * @param {Readonly<Record<string, string | undefined>>} groups
 * @returns {TokenKind}
 */
function kindOf(groups) {
  const { word } = groups;
  if (word !== undefined) return KEYWORDS.has(word.toUpperCase()) ? 'keyword' : 'plain';
  for (const kind of /** @type {const} */ (['comment', 'string', 'name', 'parameter', 'number']))
    if (groups[kind] !== undefined) return kind;
  return 'plain';
}
