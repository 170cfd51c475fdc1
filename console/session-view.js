// @ts-check
import { fill, h } from './dom.js';
import { clock, count, counted, duration, offset } from './format.js';
import { readFilm } from './film.js';
import { badge, emptyState, facts, pageHead, problem, searchLink, toneOf } from './parts.js';
import { recordArticle } from './record-article.js';
import { showRecord } from './record-drawer.js';
import { createTimeline } from './timeline.js';
import { shortText, visible } from './visible-text.js';

/** @typedef {import('./film.js').Frame} Frame */

/** A pause is shown no longer than this when the film plays. */
const MAX_STEP_MS = 1_200;
const MIN_STEP_MS = 150;

/** What happened in a session, in order. @returns {import('./route.js').View} */
export function createSessionView() {
  let pending = new AbortController();
  /** @type {ReturnType<typeof createFilmPlayer> | undefined} */
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
          player = createFilmPlayer(frames);
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

/** @param {readonly Frame[]} frames */
function createFilmPlayer(frames) {
  let at = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let shown = new AbortController();
  const timeline = createTimeline(frames, (to) => show(to));
  const rows = frames.map((frame, index) => frameRow(frame, frames[index - 1], () => show(index)));
  const detail = h('div', { class: 'panel film-detail' });
  const position = h('span', { class: 'muted film-position' });
  const play = h('button', { type: 'button', class: 'button', onclick: () => toggle() }, 'Play');
  const button = (/** @type {string} */ label, /** @type {string} */ name, /** @type {() => number} */ to) =>
    h('button', { type: 'button', class: 'button', 'aria-label': name, onclick: () => show(to()) }, label);

  /** @param {number} to */
  const show = (to) => {
    at = Math.max(0, Math.min(frames.length - 1, to));
    for (const [index, row] of rows.entries()) {
      row.classList.toggle('is-current', index === at);
      if (index === at) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    }
    reveal(list, rows[at]);
    timeline.show(at);
    position.textContent = `${at + 1} of ${frames.length} · ${offset(frames[at]?.micros ?? 0)}`;
    shown.abort();
    shown = new AbortController();
    const id = frames[at]?.line.id ?? '';
    if (timer === undefined) void showRecord(detail, id, shown.signal);
    else fill(detail, recordArticle(JSON.stringify(frames[at]?.record)));
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = 'Play';
  };
  const step = () => {
    const [now, next] = [frames[at], frames[at + 1]];
    if (now === undefined || next === undefined) return stop();
    const ms = Math.min(MAX_STEP_MS, Math.max(MIN_STEP_MS, (next.micros - now.micros) / 1_000));
    timer = setTimeout(() => {
      show(at + 1);
      step();
    }, ms);
  };
  const toggle = () => {
    if (timer !== undefined) return stop();
    play.textContent = 'Stop';
    if (at === frames.length - 1) show(0);
    step();
  };
  const nextTrouble = () => {
    const found = frames.findIndex(
      ({ line }, index) => index > at && ['bad', 'warn'].includes(toneOf(line.status) ?? ''),
    );
    return found === -1 ? at : found;
  };
  const controls = h(
    'div',
    { class: 'film-controls' },
    button('←', 'Statement before', () => at - 1),
    play,
    button('→', 'Next statement', () => at + 1),
    button('Next refusal or error', 'Next refusal or error', nextTrouble),
    position,
  );
  const list = h('ol', { class: 'frames', 'aria-label': 'Records of the session in their order' }, rows);
  return {
    element: h(
      'div',
      { class: 'film' },
      timeline.element,
      controls,
      h('div', { class: 'split film-split' }, list, detail),
    ),
    show,
    stop,
    /** @param {string} key */
    onKey(key) {
      const to = {
        ArrowRight: at + 1,
        ArrowDown: at + 1,
        j: at + 1,
        ArrowLeft: at - 1,
        ArrowUp: at - 1,
        k: at - 1,
        Home: 0,
        End: frames.length - 1,
      }[key];
      if (to !== undefined) show(to);
      else if (key === 'n') show(nextTrouble());
      else if (key === 'p') toggle();
      else return false;
      return true;
    },
  };
}

/**
 * Scrolls a list, and not the page, to one of its rows.
 * @param {HTMLElement} list
 * @param {HTMLElement | undefined} row
 */
function reveal(list, row) {
  if (row === undefined) return;
  const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
  if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}

/**
 * @param {Frame} frame
 * @param {Frame | undefined} before
 * @param {() => void} onOpen
 */
function frameRow({ line, micros, pauseMicros, missing }, before, onOpen) {
  const { status, what, agent, isStatement, durationMicros } = line;
  const row = h(
    'button',
    { type: 'button', class: 'frame', onclick: onOpen },
    h('span', { class: 'frame-time' }, offset(micros)),
    h('span', { class: 'frame-status' }, status !== '' && badge(status)),
    h('span', { class: isStatement ? 'clip code-line' : 'clip muted' }, shortText(what, 200)),
    h('span', { class: 'right muted' }, durationMicros === undefined ? '' : duration(durationMicros)),
    agent !== undefined &&
      agent !== before?.line.agent &&
      h('small', { class: 'frame-agent muted clip' }, visible(agent.slice(0, 80))),
  );
  return h(
    'li',
    {},
    pauseMicros !== undefined && h('p', { class: 'pause' }, `${duration(pauseMicros)} later`),
    missing !== undefined && h('p', { class: 'remark' }, missing),
    row,
  );
}
