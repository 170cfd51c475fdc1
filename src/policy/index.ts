/**
 * Policy files: guardrails and masks in YAML or JSON.
 *
 * @module
 */

export { type LoadedPolicy, loadPolicy, parsePolicy } from './policy-file.js';
