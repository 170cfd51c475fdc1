/** The end of the text. */
export const TOKEN_END = 0;
/** An unquoted word: keyword or identifier. */
export const TOKEN_WORD = 1;
/** An identifier in backticks, or in double quotes under ANSI_QUOTES. */
export const TOKEN_QUOTED = 2;
/** A string: `'..'`, `".."`, `N'..'`. */
export const TOKEN_STRING = 3;
/** A number, a hexadecimal or a bit literal. */
export const TOKEN_NUMBER = 4;
/** `?`. */
export const TOKEN_PLACEHOLDER = 5;
/** An operator of one to three bytes. */
export const TOKEN_OPERATOR = 6;
/** `(`. */
export const TOKEN_OPEN = 7;
/** `)`. */
export const TOKEN_CLOSE = 8;
/** `,`. */
export const TOKEN_COMMA = 9;
/** `.` between identifiers. */
export const TOKEN_DOT = 10;
/** `;`. */
export const TOKEN_SEMICOLON = 11;
/** `@name` or `@@name`, the name perhaps in quotes. */
export const TOKEN_VARIABLE = 12;
/** What cannot be read; the lexer's `problem` says why. */
export const TOKEN_PROBLEM = 13;
