/** Statements that a safe policy should refuse, however everyday they are. Keep it short: nothing is hidden here, the test prints it. */
interface Exception {
  readonly pattern: RegExp;
  readonly why: string;
}

const EXCEPTIONS: readonly Exception[] = [
  { pattern: /^SET\s+(?:@@)?GLOBAL\b/i, why: 'changes the server for everybody' },
  {
    pattern: /^(?:UN)?LOCK\s+TABLES?\b/i,
    why: 'locks whole tables, at which every other session waits, or lets them go',
  },
  { pattern: /^FLUSH\b/i, why: 'administration: closes tables or stops writers on the whole server' },
  {
    pattern: /^(?:ANALYZE|CHECK|OPTIMIZE|REPAIR)\s+TABLE\b/i,
    why: 'administration: reads or rebuilds whole tables, and locks them meanwhile',
  },
  {
    pattern: /^SHOW\s+(?:REPLICA|SLAVE)\b/i,
    why: 'tells of other servers; the errors of a replica repeat statements with their values',
  },
  { pattern: /^KILL\b/i, why: 'ends what another session does' },
];

/** Why a statement should be refused under each preset; undefined where it should not. */
export function whyRefused(sql: string): string | undefined {
  return EXCEPTIONS.find(({ pattern }) => pattern.test(sql))?.why;
}
