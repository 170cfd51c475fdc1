/**
 * Countersign: a verified agent identity, guardrails, masking and an audit record that lives elsewhere, on every SQL statement
 * that reaches MySQL or MariaDB.
 *
 * @module
 */

export * from './approval/index.js';
export * from './audit/index.js';
export type { AskServer, CatalogueRow, DatabaseAccount } from './catalogue/index.js';
export * from './errors.js';
export * from './guardrails/index.js';
export * from './identity/index.js';
export {
  defineMask,
  maskColumn,
  type MaskDefinition,
  type MaskedFilter,
  type CustomDetector,
  type DetectorKind,
  type DetectorOptions,
  type KeySource,
  type Span,
  type MaskKey,
  type MaskerChoice,
  type MaskerName,
  type MaskerOptions,
  maskers,
  type MaskRule,
  type TextMasker,
} from './masking/index.js';
export * from './policy/index.js';
export * from './session/index.js';
export * from './transports/index.js';
export type {
  AnalysedStatement,
  Analysis,
  ColumnClause,
  ColumnUse,
  InnerStatement,
  SessionChange,
  StatementKind,
  TableAccess,
  TableUse,
  WhereFact,
} from './sql/analysis.js';
export type { TouchedTable } from './sql/index.js';
