// @ts-check
import { append, h } from './dom.js';
import { clock, count, duration } from './format.js';
import { lineOf } from './members.js';
import { badge } from './parts.js';
import { shortText, visible } from './visible-text.js';

const LINE_CHARS = 240;

/** The headings over the rows: for the eye, each row says itself what it is. */
export const rowHeadings = () =>
  h(
    'div',
    { class: 'row row-head', 'aria-hidden': 'true' },
    ['Time (UTC)', 'Ended', 'Agent', 'Statement', 'Rows', 'Took'].map((name, at) =>
      h('span', { class: at > 3 ? 'right' : '' }, name),
    ),
  );

/**
 * One record as a row, which is a link to all of it.
 * @param {unknown} record
 * @param {(id: string) => string} hrefFor
 */
export function recordRow(record, hrefFor) {
  const line = lineOf(record);
  const { id, time, agent, task, status, what, rule, effect, masked } = line;
  const cells = [
    h('span', { class: 'cell-time' }, clock(time)),
    h('span', { class: 'cell-status' }, status !== '' && badge(status)),
    h(
      'span',
      { class: 'cell-agent' },
      h('span', { class: 'clip' }, agent === undefined ? '—' : visible(agent.slice(0, 80))),
      task !== undefined && h('small', { class: 'clip muted' }, visible(task.slice(0, 80))),
    ),
    h(
      'span',
      { class: 'cell-what' },
      h('span', { class: line.isStatement ? 'clip code-line' : 'clip muted' }, shortText(what, LINE_CHARS)),
      (effect === 'deny' || effect === 'approve' || effect === 'error' || masked.length > 0) &&
        h('small', { class: 'clip muted' }, noteOf(effect, rule, line.reason, masked)),
    ),
    h('span', { class: 'cell-rows right' }, rowsOf(line)),
    h('span', { class: 'cell-took right' }, line.durationMicros === undefined ? '' : duration(line.durationMicros)),
  ];
  return h('li', {}, h('a', { class: 'row', href: hrefFor(id), 'data-id': id }, cells));
}

/**
 * @param {string | undefined} effect
 * @param {string | undefined} rule
 * @param {string | undefined} reason
 * @param {readonly string[]} masked
 */
function noteOf(effect, rule, reason, masked) {
  const parts = [];
  if (effect !== 'allow' && rule !== undefined)
    parts.push(`${effect} by ${rule}${reason === undefined ? '' : `: ${reason}`}`);
  if (masked.length > 0) parts.push(`masked ${masked.join(', ')}`);
  return shortText(parts.join(' · '), LINE_CHARS);
}

/** @param {import('./members.js').RecordLine} line */
function rowsOf({ rows, affected }) {
  if (affected !== undefined && affected > 0) return `${count(affected)} chg`;
  return rows === undefined ? '' : count(rows);
}

/**
 * Moves along the links of a list: down with 1, up with -1.
 * @param {Element} list
 * @param {number} step
 */
export function stepRow(list, step) {
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('a.row')]);
  const at = rows.findIndex((row) => row === document.activeElement || row.classList.contains('is-current'));
  const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (next === undefined) return;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/**
 * Marks the row that is open.
 * @param {Element} list
 * @param {string | undefined} id
 */
export function markRow(list, id) {
  for (const row of list.querySelectorAll('a.row')) {
    const isOpen = id !== undefined && /** @type {HTMLElement} */ (row).dataset['id'] === id;
    row.classList.toggle('is-current', isOpen);
    if (isOpen) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }
}

/**
 * @param {Element} list
 * @param {readonly unknown[]} records
 * @param {(id: string) => string} hrefFor
 */
export function appendRows(list, records, hrefFor) {
  append(
    list,
    records.map((record) => recordRow(record, hrefFor)),
  );
}
