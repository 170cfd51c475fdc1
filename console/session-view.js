// @ts-check
import { fill, h } from './dom.js';
import { FilmPlayer } from './film-player.js';
import { readFilm } from './film.js';
import { clock, count, counted, duration } from './format.js';
import { emptyState, facts, pageHead, problem, searchLink } from './parts.js';

/** @typedef {import('./film.js').Frame} Frame */

/** What happened in a session, in order. @returns {import('./route.js').View} */
export function createSessionView() {
  let pending = new AbortController();
  /** @type {FilmPlayer | undefined} */
  let player;
  const place = h('div', { class: 'stack' }, h('p', { class: 'loading' }, 'Reading …'));
  return {
    title: 'Session',
    element: h('div', { class: 'view' }, pageHead('Session'), place),
    update({ id, params }) {
      pending.abort();
      pending = new AbortController();
      const { signal } = pending;
      readFilm(id, signal).then(
        ({ frames, isWhole }) => {
          if (signal.aborted) return;
          if (frames.length === 0) return fill(place, emptyState('There are no records of this session.'));
          player = new FilmPlayer(frames);
          fill(
            place,
            summaryOf(id, frames),
            !isWhole && h('p', { class: 'remark' }, `Only the first ${count(frames.length)} records are shown.`),
            player.element,
          );
          player.show(
            Math.max(
              0,
              frames.findIndex(({ line }) => line.id === params['at']),
            ),
          );
        },
        (error) => {
          if (!signal.aborted) fill(place, problem(error));
        },
      );
    },
    onKey: (key) => player?.onKey(key) ?? false,
    dispose() {
      pending.abort();
      player?.stop();
    },
  };
}

/**
 * @param {string} id
 * @param {readonly Frame[]} frames
 */
function summaryOf(id, frames) {
  const names = (/** @type {'agent' | 'task'} */ name) =>
    [...new Set(frames.flatMap(({ line }) => line[name] ?? []))].slice(0, 8);
  const statements = frames.filter(({ line }) => line.type === 'statement');
  const refused = statements.filter(({ line }) => line.status === 'denied').length;
  const errors = statements.filter(({ line }) => line.status === 'error').length;
  const last = frames.at(-1);
  const links = (/** @type {'agent' | 'task'} */ name) =>
    names(name).flatMap((value, at) => [at > 0 && ', ', searchLink(name, value)]);
  return h(
    'div',
    { class: 'panel session-summary' },
    facts([
      ['Session', [searchLink('session', id)]],
      ['Agents', links('agent')],
      ['Tasks', links('task')],
      ['Began', `${clock(frames[0]?.line.time)} UTC`],
      ['Lasted', duration(last?.micros ?? 0)],
      [
        'Statements',
        [
          counted(statements.length, 'statement'),
          refused > 0 && h('span', { class: 'text-bad' }, `, ${refused} refused`),
          errors > 0 && h('span', { class: 'text-warn' }, `, ${counted(errors, 'error')}`),
        ],
      ],
    ]),
  );
}
