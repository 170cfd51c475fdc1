// @ts-check
import { fill, h } from './dom.js';
import { duration, offset } from './format.js';
import { badge, toneOf } from './parts.js';
import { recordArticle } from './record-article.js';
import { createTimeline } from './timeline.js';
import { shortText, visible } from './visible-text.js';

/** @typedef {import('./film.js').Frame} Frame */

/** A pause is shown no longer than this when the film plays. */
const MAX_STEP_MS = 1_200;
const MIN_STEP_MS = 150;

/** Shows the frames of a session, one after the other. */
export class FilmPlayer {
  #at = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #frames;
  #rows;
  #timeline;
  #detail = h('div', { class: 'panel film-detail' });
  #position = h('span', { class: 'muted film-position' });
  #play = h('button', { type: 'button', class: 'button', onclick: () => this.#toggle() }, 'Play');

  /** @param {readonly Frame[]} frames */
  constructor(frames) {
    this.#frames = frames;
    this.#timeline = createTimeline(frames, (to) => this.show(to));
    this.#rows = frames.map((frame, index) => frameRow(frame, frames[index - 1], () => this.show(index)));
    this.list = h('ol', { class: 'frames', 'aria-label': 'Records of the session in their order' }, this.#rows);
    this.element = h(
      'div',
      { class: 'film' },
      this.#timeline.element,
      this.#controls(),
      h('div', { class: 'split film-split' }, this.list, this.#detail),
    );
  }

  /** @param {number} to which frame */
  show(to) {
    this.#at = Math.max(0, Math.min(this.#frames.length - 1, to));
    for (const [index, row] of this.#rows.entries()) {
      row.classList.toggle('is-current', index === this.#at);
      if (index === this.#at) row.setAttribute('aria-current', 'step');
      else row.removeAttribute('aria-current');
    }
    reveal(this.list, this.#rows[this.#at]);
    this.#timeline.show(this.#at);
    const frame = this.#frames[this.#at];
    this.#position.textContent = `${this.#at + 1} of ${this.#frames.length} · ${offset(frame?.micros ?? 0)}`;
    fill(this.#detail, recordArticle(JSON.stringify(frame?.record), { isInFilm: true }));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#play.textContent = 'Play';
  }

  /** @param {string} key */
  onKey(key) {
    const at = this.#at;
    const steps = { ArrowRight: 1, ArrowDown: 1, j: 1, ArrowLeft: -1, ArrowUp: -1, k: -1, Home: -at, End: Infinity };
    const step = Object.hasOwn(steps, key) ? steps[/** @type {keyof typeof steps} */ (key)] : undefined;
    if (step !== undefined) this.show(at + step);
    else if (key === 'n') this.show(this.#nextTrouble());
    else if (key === 'p') this.#toggle();
    else return false;
    return true;
  }

  #controls() {
    const button = (/** @type {string} */ label, /** @type {string} */ name, /** @type {() => number} */ to) =>
      h('button', { type: 'button', class: 'button', 'aria-label': name, onclick: () => this.show(to()) }, label);
    return h(
      'div',
      { class: 'film-controls' },
      button('←', 'Statement before', () => this.#at - 1),
      this.#play,
      button('→', 'Next statement', () => this.#at + 1),
      button('Next refusal or error', 'Next refusal or error', () => this.#nextTrouble()),
      this.#position,
    );
  }

  #toggle() {
    if (this.#timer !== undefined) return this.stop();
    this.#play.textContent = 'Stop';
    if (this.#at === this.#frames.length - 1) this.show(0);
    this.#step();
  }

  #step() {
    const [now, next] = [this.#frames[this.#at], this.#frames[this.#at + 1]];
    if (now === undefined || next === undefined) return this.stop();
    const ms = Math.min(MAX_STEP_MS, Math.max(MIN_STEP_MS, (next.micros - now.micros) / 1_000));
    this.#timer = setTimeout(() => {
      this.show(this.#at + 1);
      this.#step();
    }, ms);
  }

  #nextTrouble() {
    const isTrouble = (/** @type {Frame} */ { line }) => ['bad', 'warn'].includes(toneOf(line.status) ?? '');
    const found = this.#frames.findIndex((frame, index) => index > this.#at && isTrouble(frame));
    return found === -1 ? this.#at : found;
  }
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
