// @ts-check
import { ask } from './api.js';
import { fill, h } from './dom.js';
import { clock, count, counted, size } from './format.js';
import { emptyState, pageHead, problem } from './parts.js';
import { repeat } from './repeat.js';
import { hrefOf } from './route.js';
import { visible } from './visible-text.js';

const POLL_MS = 15_000;

/** What the witness found, how much there is of it, and who looked. @returns {import('./route.js').View} */
export function createChainView() {
  const alarms = h('div', { 'aria-live': 'polite' });
  const held = h('div', { class: 'figures' });
  const writers = h('div', {});
  const looks = h('div', {});
  const part = async (
    /** @type {Element} */ place,
    /** @type {string} */ path,
    /** @type {AbortSignal} */ signal,
    /** @type {(answer: any) => void} */ show,
  ) => {
    try {
      show(await ask(path, { signal }));
    } catch (error) {
      if (!signal.aborted) fill(place, problem(error));
    }
  };
  const stop = repeat(POLL_MS, async (signal) => {
    await Promise.all([
      part(alarms, '/v1/witness', signal, (witnessed) => {
        fill(alarms, alarmsOf(witnessed));
        fill(writers, writersOf(witnessed.writers));
      }),
      part(held, '/v1/size', signal, (answer) => fill(held, sizeOf(answer))),
      part(looks, '/v1/accesses', signal, ({ accesses }) => fill(looks, accessesOf(accesses))),
    ]);
  });
  return {
    title: 'Chain',
    element: h(
      'div',
      { class: 'view' },
      pageHead('Chain health'),
      alarms,
      held,
      h('section', { class: 'panel' }, h('h2', {}, 'Writers'), writers),
      h('section', { class: 'panel' }, h('h2', {}, 'Who looked'), looks),
    ),
    update() {},
    dispose: stop,
  };
}

/** @param {any} witnessed */
function alarmsOf({ findings, writers }) {
  if (findings.length === 0 && writers.length === 0)
    return emptyState('Nothing was witnessed yet.', 'Writers that sign checkpoints stand here with the last one.');
  if (findings.length === 0)
    return h(
      'div',
      { class: 'all-well', role: 'status' },
      h('b', {}, 'The witness has found nothing wrong.'),
      ` It remembers the checkpoints of ${counted(writers.length, 'writer')}.`,
    );
  return h(
    'section',
    { class: 'alarms', role: 'alert' },
    h('h2', {}, counted(findings.length, 'finding')),
    h('ul', {}, [...findings].reverse().map(alarmOf)),
  );
}

/** @param {any} finding */
function alarmOf({ received_at, problem: kind, id, message }) {
  return h(
    'li',
    {},
    h('span', { class: 'badge tone-bad' }, kind),
    ' ',
    visible(message),
    ' ',
    h('a', { href: hrefOf('record', { id }) }, 'record'),
    h('small', { class: 'muted' }, ` ${clock(received_at)} UTC`),
  );
}

/** @param {any} held */
function sizeOf({ records, conflicts, bytes }) {
  const figure = (/** @type {string} */ value, /** @type {string} */ label, tone = '') =>
    h('div', { class: `figure ${tone}` }, h('b', {}, value), h('span', {}, label));
  return [
    figure(count(records), 'records'),
    figure(size(bytes), 'on disk'),
    figure(count(conflicts), 'conflicting ids', conflicts > 0 ? 'text-bad' : ''),
  ];
}

/** @param {readonly any[]} writers */
function writersOf(writers) {
  if (writers.length === 0) return h('p', { class: 'muted' }, 'None has sent a checkpoint.');
  const rows = [...writers]
    .reverse()
    .map(({ writer_id, size: records, received_at, root, key }) =>
      h(
        'tr',
        {},
        h('td', { class: 'code-line break' }, visible(writer_id)),
        h('td', { class: 'right' }, count(records)),
        h('td', { class: 'nowrap' }, clock(received_at)),
        h('td', { class: 'code-line break muted' }, visible(root)),
        h('td', { class: 'code-line break muted' }, visible(key)),
      ),
    );
  return table('Writers', ['Writer', '#Records signed', 'Last checkpoint (UTC)', 'Root', 'Key'], rows);
}

/** @param {readonly any[]} accesses */
function accessesOf(accesses) {
  if (accesses.length === 0) return h('p', { class: 'muted' }, 'Nobody.');
  const rows = accesses
    .slice(0, 200)
    .map(({ time, viewer, route, query, times, allowed }) =>
      h(
        'tr',
        {},
        h('td', { class: 'nowrap' }, clock(time)),
        h('td', { class: 'break' }, visible(viewer)),
        h(
          'td',
          { class: 'break' },
          h('span', { class: 'code-line' }, visible(route)),
          query !== '' && h('div', { class: 'muted code-line' }, visible(readable(query))),
        ),
        h('td', { class: 'right' }, count(times)),
        h('td', {}, allowed ? h('span', { class: 'muted' }, 'yes') : h('span', { class: 'badge tone-bad' }, 'refused')),
      ),
    );
  return table('Who looked', ['Time (UTC)', 'Who', 'At what', '#Times', 'Allowed'], rows);
}

/**
 * @param {string} label
 * @param {readonly string[]} columns those of numbers begin with #
 * @param {readonly Node[]} rows
 */
function table(label, columns, rows) {
  const head = h(
    'tr',
    {},
    columns.map((name) => h('th', { scope: 'col', class: name.startsWith('#') ? 'right' : '' }, name.replace('#', ''))),
  );
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label },
    h('table', { class: 'table' }, h('thead', {}, head), h('tbody', {}, rows)),
  );
}

/** @param {string} query */
function readable(query) {
  return [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).join(' ');
}
