/** Separates statements in canonical text: no other byte below 0x20 occurs in it but inside literals of SET. */
export const STATEMENT_SEPARATOR = 0x01;
