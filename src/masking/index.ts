export { defineMask, maskColumn, type MaskDefinition, type MaskedFilter, type MaskRule } from './mask-rule.js';
export { type MaskerChoice, type MaskerName, maskers, type TextMasker } from './maskers.js';
