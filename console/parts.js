// @ts-check
/** Small parts that several views show. */
import { append, h } from './dom.js';
import { hrefOf } from './route.js';
import { shortText, visible } from './visible-text.js';

const TONES = /** @type {Readonly<Record<string, string>>} */ ({
  ok: 'good',
  allow: 'good',
  approved: 'good',
  denied: 'bad',
  deny: 'bad',
  rejected: 'bad',
  refused: 'bad',
  error: 'warn',
  aborted: 'warn',
  unknown: 'warn',
  expired: 'warn',
  approve: 'wait',
  pending: 'wait',
  requested: 'wait',
});

/** @param {string | undefined} status */
export const toneOf = (status) => (status !== undefined && Object.hasOwn(TONES, status) ? TONES[status] : 'none');

/** @param {string} status */
export const badge = (status) => h('span', { class: `badge tone-${toneOf(status)}` }, shortText(status, 24));

/**
 * A value that is looked for with a click.
 * @param {string} name of the filter
 * @param {string} value
 */
export const searchLink = (name, value) =>
  h('a', { href: hrefOf('search', { params: { [name]: value } }), title: `Records with this ${name}` }, visible(value));

/**
 * A list of names and values; those that are absent are left out.
 * @param {readonly (readonly [string, import('./dom.js').Child | readonly import('./dom.js').Child[]])[]} entries
 */
export function facts(entries) {
  const list = h('dl', { class: 'facts' });
  for (const [name, value] of entries) {
    const isEmpty = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) append(list, h('div', {}, h('dt', {}, name), h('dd', {}, value)));
  }
  return list;
}

/**
 * A part of a page; nothing where it has nothing to say.
 * @param {string} title
 * @param {...(import('./dom.js').Child)} children
 */
export function section(title, ...children) {
  const shown = children.filter((child) => child instanceof Element && child.childNodes.length > 0);
  return shown.length === 0 ? undefined : h('section', { class: 'section' }, h('h3', {}, title), shown);
}

/**
 * What stands where there is nothing.
 * @param {string} title
 * @param {string} [more]
 */
export const emptyState = (title, more) =>
  h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), more !== undefined && h('p', {}, more));

/** @param {unknown} error */
export function problem(error) {
  const status = /** @type {{ status?: number }} */ (error).status;
  const message = error instanceof Error ? error.message : String(error);
  const title = status === 403 ? 'You may not see this.' : 'That did not work.';
  return h(
    'div',
    { class: 'problem', role: 'alert' },
    h('p', { class: 'empty-title' }, title),
    h('p', {}, visible(message)),
  );
}

/**
 * The head of a page.
 * @param {string} title
 * @param {...(import('./dom.js').Child)} actions
 */
export const pageHead = (title, ...actions) =>
  h('header', { class: 'page-head' }, h('h1', {}, title), h('div', { class: 'actions' }, actions));

/**
 * A button that copies text.
 * @param {string} label
 * @param {() => string} text
 */
export function copyButton(label, text) {
  const button = h('button', { type: 'button', class: 'button small quiet' }, label);
  button.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard?.writeText(text()).then(
      () => true,
      () => false,
    );
    button.textContent = isCopied ? 'Copied' : 'Not allowed here';
    setTimeout(() => (button.textContent = label), 1_500);
  });
  return button;
}
