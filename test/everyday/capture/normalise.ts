// What differs from run to run and means nothing.
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'],
  [/\b20\d\d-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d+)?/g, '2026-01-02$103:04:05$2'],
  [/\btrx\d+\b/g, 'trx1'],
  [/\b(trx|sp_)\w{6,}\b/g, '$1a1b2c3'],
  [/\b1[78]\d{11}\b/g, '1767323045000'],
];

/** Writes moments, UUIDs and the like the same for each run. */
export function stable(sql: string): string {
  return VOLATILE.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), sql)
    .replaceAll(/(?<=\.)\d{3,6}(?=[Z'"])/g, (digits) => '0'.repeat(digits.length))
    .trim();
}

/** What tells statements apart: the text without its literals, with equal rows and lists once. */
export function distinctKey(sql: string): string {
  return sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/gs, '?')
    .replaceAll(/(?<![\w`$@])-?\d+(?:\.\d+)?(?![\w`$])/g, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?')
    .replaceAll(/(\([^()]*\))(?:, ?\1)+/g, '$1');
}
