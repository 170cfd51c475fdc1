/**
 * What SQL text does: an exact lexer, a cache by canonical text, and an analysis in a normal form of our own.
 *
 * @module
 */

export { tellsSecrets } from './analysed-statement.js';
export { type Analyser, createAnalyser } from './analyser.js';
export type { Bounds } from './seen-views.js';
export { readLexicalMode, sqlModeProblem } from './sql-mode.js';
export { type TouchedTable, touchedTables } from './touched-tables.js';
