export { defineMask, maskColumn, type MaskDefinition, type MaskedFilter, type MaskRule } from './mask-rule.js';
export type { CustomDetector, DetectorKind, DetectorOptions, Span } from './detectors/index.js';
export type { KeySource, MaskKey } from './mask-key.js';
export { type MaskerChoice, type MaskerName, type MaskerOptions, maskers } from './maskers.js';
export type { TextMasker } from './text-maskers.js';
