export { maskColumn, type MaskRule } from './mask-rule.js';
export { type MaskEffect, MaskPolicy, type ResultMask } from './mask-policy.js';
export { type MaskerName, maskers, type TextMasker } from './maskers.js';
