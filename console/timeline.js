// @ts-check
import { append, h, svg } from './dom.js';
import { offset } from './format.js';
import { toneOf } from './parts.js';
import { shortText } from './visible-text.js';

const WIDTH = 1_000;
const HEIGHT = 48;

/**
 * The statements of a session by their times, and a playhead, which the arrow keys move.
 * @param {readonly import('./film.js').Frame[]} frames
 * @param {(at: number) => void} onSeek
 */
export function createTimeline(frames, onSeek) {
  const last = frames.at(-1);
  const length = Math.max(1, ...frames.map(({ micros, line }) => micros + (line.durationMicros ?? 0)));
  const x = (/** @type {number} */ micros) => 6 + (Math.max(0, micros) / length) * (WIDTH - 12);
  const head = svg('line', { class: 'playhead', x1: 0, x2: 0, y1: 0, y2: HEIGHT });
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  append(picture, svg('line', { class: 'axis', x1: 0, x2: WIDTH, y1: HEIGHT - 8, y2: HEIGHT - 8 }));
  for (const { micros, line } of frames) {
    const tone = toneOf(line.status);
    const tall = tone === 'bad' || tone === 'warn' ? 32 : 20;
    const width = Math.max(3, x(micros + (line.durationMicros ?? 0)) - x(micros));
    append(
      picture,
      svg('rect', { class: `mark mark-${tone}`, x: x(micros) - 1.5, y: HEIGHT - 8 - tall, width, height: tall, rx: 1 }),
    );
  }
  append(picture, head);
  const track = h(
    'div',
    {
      class: 'track',
      role: 'slider',
      tabindex: 0,
      'aria-label': 'Position in the session',
      'aria-valuemin': 1,
      'aria-valuemax': Math.max(1, frames.length),
      'aria-valuenow': 1,
    },
    picture,
  );
  track.addEventListener('pointerdown', (event) => {
    const { left, width } = track.getBoundingClientRect();
    const micros = ((((event.clientX - left) / width) * WIDTH - 6) / (WIDTH - 12)) * length;
    onSeek(nearest(frames, micros));
  });
  return {
    element: h(
      'div',
      { class: 'timeline' },
      track,
      h(
        'div',
        { class: 'timeline-ends muted' },
        h('span', {}, offset(0)),
        h('span', {}, offset(last === undefined ? 0 : length)),
      ),
    ),
    /** @param {number} at */
    show(at) {
      const frame = frames[at];
      if (frame === undefined) return;
      for (const end of ['x1', 'x2']) head.setAttribute(end, String(x(frame.micros)));
      track.setAttribute('aria-valuenow', String(at + 1));
      track.setAttribute(
        'aria-valuetext',
        `${at + 1} of ${frames.length}, ${offset(frame.micros)}, ${frame.line.status} ${shortText(frame.line.what, 80)}`,
      );
    },
  };
}

/**
 * @param {readonly import('./film.js').Frame[]} frames
 * @param {number} micros
 */
function nearest(frames, micros) {
  let best = 0;
  for (const [at, frame] of frames.entries())
    if (Math.abs(frame.micros - micros) < Math.abs((frames[best]?.micros ?? 0) - micros)) best = at;
  return best;
}
