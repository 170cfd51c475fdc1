export { maskColumn, type MaskRule } from './mask-rule.js';
export { type MaskerName, maskers, type TextMasker } from './maskers.js';
