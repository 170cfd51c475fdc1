// @ts-check
import { moment } from './format.js';

/**
 * @typedef {object} Filter
 * @property {string} name of the parameter
 * @property {string} label
 * @property {string} [hint]
 * @property {readonly string[]} [choices]
 * @property {boolean} [isNumber]
 */

/** Every parameter of `GET /v1/records` but the words, which have a field of their own. @type {readonly Filter[]} */
export const FILTERS = [
  { name: 'agent', label: 'Agent', hint: 'support-agent' },
  { name: 'actor', label: 'Agent or on behalf of', hint: 'alice' },
  { name: 'task', label: 'Task', hint: 'SUP-1042' },
  { name: 'session', label: 'Session' },
  { name: 'table', label: 'Table touched', hint: 'shop.orders' },
  { name: 'written', label: 'Table written', hint: 'orders' },
  { name: 'masked', label: 'Column masked', hint: 'shop.customers.email' },
  { name: 'operation', label: 'Operation', hint: 'DELETE' },
  { name: 'effect', label: 'Verdict', choices: ['allow', 'deny', 'approve', 'error'] },
  { name: 'rule', label: 'Rule', hint: 'no-unbounded-writes' },
  { name: 'status', label: 'Ended', choices: ['ok', 'error', 'denied', 'aborted', 'unknown'] },
  { name: 'server', label: 'Server', hint: 'db1:3306' },
  {
    ...{ name: 'type', label: 'Record' },
    choices: ['statement', 'intent', 'session', 'identity', 'approval', 'policy', 'summary', 'checkpoint'],
  },
  { name: 'rows', label: 'Rows at least', hint: '1000', isNumber: true },
  { name: 'since', label: 'Since', hint: '24h, 7d, 2026-11-20 (UTC)' },
  { name: 'until', label: 'Until', hint: '1h, 2026-11-21T08:00 (UTC)' },
  { name: 'digest', label: 'Fingerprint digest' },
  { name: 'trace', label: 'Trace' },
];

const NAMES = new Set(['text', ...FILTERS.map(({ name }) => name)]);
const LABELS = new Map(FILTERS.map(({ name, label }) => [name, label]));

/** @param {string} name */
export const labelOf = (name) => LABELS.get(name) ?? name;

/**
 * The filters among the parameters of a place.
 * @param {Readonly<Record<string, string>>} params
 * @returns {Record<string, string>}
 */
export function filtersOf(params) {
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => NAMES.has(name) && value.trim() !== ''));
}

/**
 * Filters as the collector reads them: times are whole.
 * @param {Readonly<Record<string, string>>} filters
 */
export function queryOf(filters) {
  /** @type {Record<string, string>} */
  const query = { ...filters };
  for (const name of ['since', 'until']) if (query[name] !== undefined) query[name] = moment(query[name].trim());
  return query;
}

/**
 * What somebody typed: `agent:support-agent status:denied delete` is two filters and a word.
 * @param {string} typed
 * @returns {Record<string, string>}
 */
export function typedFilters(typed) {
  /** @type {Record<string, string>} */
  const found = {};
  const words = typed.replace(/(\w+):(?:"([^"]*)"|(\S+))/g, (whole, name, quoted, plain) => {
    if (!NAMES.has(name) || name === 'text') return whole;
    found[name] = quoted ?? plain;
    return ' ';
  });
  const text = words.replace(/\s+/g, ' ').trim();
  return text === '' ? found : { ...found, text };
}
