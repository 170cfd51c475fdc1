/**
 * What SQL text does: an exact lexer, a cache by canonical text, and an analysis in a normal form of our own.
 *
 * @module
 */

export { type Analyser, type AnalyserOptions, createAnalyser } from './analyser.js';
export type {
  AnalysedStatement,
  AnalysedText,
  Analysis,
  AnalysisScope,
  ColumnClause,
  ColumnUse,
  SessionChange,
  SqlDialect,
  StatementKind,
  StatementSpan,
  TableAccess,
  TableUse,
  WhereFact,
} from './analysis.js';
