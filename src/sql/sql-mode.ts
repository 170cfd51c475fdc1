/** What of `sql_mode` decides how bytes become tokens. */
export interface LexicalMode {
  /** `"` quotes identifiers. */
  readonly ansiQuotes: boolean;
  /** A backslash in a string is an ordinary character. */
  readonly noBackslashEscapes: boolean;
  /** White space may stand between a function and its parenthesis. */
  readonly ignoreSpace: boolean;
  /** Why statements cannot be read under this mode; undefined where they can. */
  readonly problem: string | undefined;
}

// Modes that change neither tokens nor grammar in a way that matters here. Any other mode is refused: a server of tomorrow may
// have one that changes how text is read. Not among them: HIGH_NOT_PRECEDENCE, under which NOT id <> 2 is (NOT id) <> 2, and MYSQL40 and MYSQL323,
// which bring it along.
const READABLE: ReadonlySet<string> = new Set([
  'REAL_AS_FLOAT',
  'PIPES_AS_CONCAT',
  'ANSI_QUOTES',
  'IGNORE_SPACE',
  'IGNORE_BAD_TABLE_OPTIONS',
  'ONLY_FULL_GROUP_BY',
  'NO_UNSIGNED_SUBTRACTION',
  'NO_DIR_IN_CREATE',
  'NO_KEY_OPTIONS',
  'NO_TABLE_OPTIONS',
  'NO_FIELD_OPTIONS',
  'ANSI',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_BACKSLASH_ESCAPES',
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ALLOW_INVALID_DATES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'TRADITIONAL',
  'NO_AUTO_CREATE_USER',
  'NO_ENGINE_SUBSTITUTION',
  'PAD_CHAR_TO_FULL_LENGTH',
  'EMPTY_STRING_IS_NULL',
  'SIMULTANEOUS_ASSIGNMENT',
  'TIME_TRUNCATE_FRACTIONAL',
  'TIME_ROUND_FRACTIONAL',
]);

/** Whether `||` joins strings; otherwise it is another way to write OR. */
export function pipesAsConcat(sqlMode: string): boolean {
  return /(?:^|,)(?:PIPES_AS_CONCAT|ANSI)(?:,|$)/i.test(sqlMode);
}

/**
 * Reads `@@sql_mode`.
 * @param sqlMode comma separated names, in any case
 */
export function readLexicalMode(sqlMode: string): LexicalMode {
  const modes = sqlMode
    .toUpperCase()
    .split(',')
    .filter((mode) => mode !== '');
  const unreadable = modes.find((mode) => !READABLE.has(mode));
  return {
    ansiQuotes: modes.includes('ANSI_QUOTES') || modes.includes('ANSI'),
    noBackslashEscapes: modes.includes('NO_BACKSLASH_ESCAPES'),
    ignoreSpace: modes.includes('IGNORE_SPACE') || modes.includes('ANSI'),
    problem:
      unreadable === undefined
        ? undefined
        : `the session's sql_mode has ${unreadable}, under which statements cannot be read safely: take it out`,
  };
}

/** Why statements cannot be read under a `sql_mode`; undefined where they can. */
export function sqlModeProblem(sqlMode: string): string | undefined {
  return readLexicalMode(sqlMode).problem;
}
