// @ts-check
import { h } from './dom.js';

/** @type {readonly (readonly [string, string])[]} */
const KEYS = [
  ['/', 'search'],
  ['j  k', 'next, previous row'],
  ['Enter', 'open'],
  ['Esc', 'close, back'],
  ['← →', 'step through a session'],
  ['n', 'next refusal or error of a session'],
  ['p', 'pause or go on: live tail, session'],
  ['g o', 'overview'],
  ['g s', 'search'],
  ['g l', 'live tail'],
  ['g f', 'sessions'],
  ['g a', 'approvals'],
  ['g c', 'chain health'],
  ['t', 'light, dark, as the system'],
  ['?', 'this list'],
];

/** The keys, in a dialog. */
export function createHelp() {
  const rows = KEYS.map(([keys, what]) =>
    h(
      'div',
      {},
      h(
        'dt',
        {},
        keys.split(/ +/).map((key) => h('kbd', {}, key)),
      ),
      h('dd', {}, what),
    ),
  );
  const close = h('button', { type: 'button', class: 'button small' }, 'Close');
  const dialog = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keyboard'),
    h('dl', { class: 'keys' }, rows),
    close,
  );
  close.addEventListener('click', () => dialog.close());
  return dialog;
}
