export { createDetector, type Detect } from './create-detector.js';
export { detectInJson } from './detect-in-json.js';
export type { CustomDetector, DetectorKind, DetectorOptions } from './detector-options.js';
export type { Span } from './span.js';
