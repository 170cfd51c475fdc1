// @ts-check
import { hrefOf } from './route.js';

const PLACES = /** @type {Readonly<Record<string, string>>} */ ({
  o: 'overview',
  s: 'search',
  l: 'live',
  f: 'sessions',
  a: 'approvals',
  c: 'chain',
});
const SEQUENCE_MS = 1_200;

/**
 * Listens for the keys of the whole console; all others go to what is shown.
 * @param {{ onKey(key: string): boolean, onHelp(): void, onTheme(): void }} handlers
 */
export function startKeyboard({ onKey, onHelp, onTheme }) {
  let leftAt = 0;
  document.addEventListener('keydown', (event) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.isComposing ||
      document.querySelector('dialog[open]') !== null
    )
      return;
    const { key, target } = event;
    if (
      target instanceof HTMLInputElement ||
      target instanceof HTMLSelectElement ||
      target instanceof HTMLTextAreaElement
    ) {
      if (key === 'Escape') target.blur();
      return;
    }
    const place = event.timeStamp - leftAt < SEQUENCE_MS ? PLACES[key] : undefined;
    leftAt = 0;
    if (place !== undefined) location.hash = hrefOf(place);
    else if (key === 'g') leftAt = event.timeStamp;
    else if (key === '?') onHelp();
    else if (key === 't') onTheme();
    else if (onKey(key)) event.preventDefault();
    else if (key === '/') location.hash = hrefOf('search');
    else return;
    if (key !== 'g') event.preventDefault();
  });
}
