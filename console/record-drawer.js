// @ts-check
import { askWhole } from './api.js';
import { fill, h } from './dom.js';
import { problem } from './parts.js';
import { recordArticle } from './record-article.js';

/**
 * The record beside a list.
 * @param {() => void} onClose
 */
export function createRecordDrawer(onClose) {
  /** @type {string | undefined} */
  let current;
  let pending = new AbortController();
  const body = h('div', { class: 'drawer-body' });
  /** @type {Element | null} */
  let before = null;
  const close = () => {
    onClose();
    if (before instanceof HTMLElement) before.focus();
  };
  const button = h('button', { type: 'button', class: 'button small quiet', onclick: close }, 'Close');
  const element = h(
    'aside',
    { class: 'drawer', 'aria-label': 'Record', hidden: true, tabindex: -1 },
    h('div', { class: 'drawer-bar' }, button),
    body,
  );

  return {
    element,
    close,
    current: () => current,
    /** @param {string | undefined} id */
    show(id) {
      if (id === current) return;
      if (current === undefined) before = document.activeElement;
      current = id;
      pending.abort();
      pending = new AbortController();
      element.hidden = id === undefined;
      document.body.classList.toggle('has-drawer', id !== undefined);
      if (id === undefined) fill(body);
      else void showRecord(body, id, pending.signal);
    },
  };
}

/**
 * Reads a record and shows it.
 * @param {Element} place
 * @param {string} id
 * @param {AbortSignal} signal
 */
export async function showRecord(place, id, signal) {
  try {
    const { text, headers } = await askWhole(`/v1/records/${encodeURIComponent(id)}`, { signal });
    if (signal.aborted) return;
    const arrival = { at: headers.get('countersign-received-at'), sender: headers.get('countersign-sender') };
    fill(place, recordArticle(text, { arrival }));
    place.scrollTop = 0;
  } catch (error) {
    if (!signal.aborted) fill(place, problem(error));
  }
}
