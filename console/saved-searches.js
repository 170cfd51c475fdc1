// @ts-check
import { fill, h } from './dom.js';
import { hrefOf } from './route.js';
import { shortText } from './visible-text.js';

const KEY = 'countersign.searches';
const MOST = 30;

/** @typedef {{ readonly name: string, readonly filters: Readonly<Record<string, string>> }} SavedSearch */

/** @returns {SavedSearch[]} */
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter((one) => typeof one?.name === 'string' && typeof one.filters === 'object')
      : [];
  } catch {
    return [];
  }
}

/** The searches that were saved in this browser, and the button that saves one. */
export function createSavedSearches() {
  /** @type {Readonly<Record<string, string>>} */
  let filters = {};
  const list = h('ul', { class: 'saved', 'aria-label': 'Saved searches' });
  const name = h('input', { 'aria-label': 'Name of this search', placeholder: 'Name of this search', maxlength: 60 });
  const form = h('form', { class: 'save-form', hidden: true }, name, h('button', { class: 'button small' }, 'Save'));
  const open = h('button', { type: 'button', class: 'button small quiet' }, 'Save this search');
  const show = () => {
    const saved = read();
    fill(
      list,
      saved.map((one) => savedItem(one, () => write(saved.filter((other) => other !== one)))),
    );
    list.hidden = saved.length === 0;
    open.hidden = Object.keys(filters).length === 0 || !form.hidden;
  };
  /** @param {SavedSearch[]} saved */
  const write = (saved) => {
    localStorage.setItem(KEY, JSON.stringify(saved.slice(-MOST)));
    show();
  };
  open.addEventListener('click', () => {
    form.hidden = false;
    show();
    name.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = name.value.trim();
    form.hidden = true;
    name.value = '';
    if (given === '') show();
    else write([...read().filter((one) => one.name !== given), { name: given, filters }]);
  });
  return {
    element: h('div', { class: 'saved-row' }, list, open, form),
    /** @param {Readonly<Record<string, string>>} current */
    show(current) {
      filters = current;
      show();
    },
  };
}

/**
 * @param {SavedSearch} search
 * @param {() => void} onRemove
 */
function savedItem({ name, filters }, onRemove) {
  const remove = { type: 'button', class: 'chip-remove', 'aria-label': `Forget ${name}`, onclick: onRemove };
  return h(
    'li',
    { class: 'chip' },
    h('a', { href: hrefOf('search', { params: filters }) }, shortText(name, 60)),
    h('button', remove, '×'),
  );
}
