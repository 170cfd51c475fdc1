// @ts-check
import { append, h } from './dom.js';

/**
 * What a page shows as nothing, or obeys: controls, what changes the direction or the line of text, letters without a shape, half characters. Records
 * hold text of attackers, who would like a statement to look like another one.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const HIDDEN_OR_BREAK = new RegExp(`\\r\\n|${HIDDEN.source}`, 'gu');
/** More marks than this are no help to anybody, and slow. */
const MAX_MARKS = 2_000;

const codePoint = (/** @type {string} */ character) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Text of a record, with what would not be seen marked.
 * @param {unknown} value
 * @param {{ lines?: boolean }} [options] lines: line breaks and tabs stay as they are
 * @returns {DocumentFragment}
 */
export function visible(value, { lines = false } = {}) {
  const text = String(value);
  const fragment = document.createDocumentFragment();
  let at = 0;
  let marks = 0;
  for (const { 0: found, index } of text.matchAll(HIDDEN_OR_BREAK)) {
    if (lines && /^[\r\n\t]+$/.test(found)) continue;
    append(fragment, text.slice(at, index));
    at = index + found.length;
    if (++marks > MAX_MARKS) {
      append(fragment, escapedText(text.slice(index)));
      return fragment;
    }
    append(fragment, markOf(found));
  }
  append(fragment, text.slice(at));
  return fragment;
}

/** @param {string} found */
function markOf(found) {
  if (found === '\r\n' || found === '\n' || found === '\r') return h('span', { class: 'hidden-mark line-mark' }, '↵');
  if (found === '\t') return ' ';
  return h('span', { class: 'hidden-mark', title: 'a character that is not seen' }, codePoint(found));
}

/**
 * The same as plain text, for texts that are too long for marks, and for where only text can stand.
 * @param {string} text
 */
export function escapedText(text) {
  return text.replace(HIDDEN_OR_BREAK, (found) => (/^[\r\n\t]+$/.test(found) ? found : `⟨${codePoint(found)}⟩`));
}

/**
 * Plain text on one line, cut.
 * @param {unknown} value
 * @param {number} [most]
 */
export function shortText(value, most = 300) {
  const text = String(value);
  const line = escapedText(text.slice(0, most))
    .replace(/[\r\n]+/g, ' ↵ ')
    .replaceAll('\t', ' ');
  return text.length > most ? `${line}…` : line;
}
