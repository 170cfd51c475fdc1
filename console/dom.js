// @ts-check
/** Elements are made here, of text and nothing else: no module of the console has a string of markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {{ readonly [name: string]: string | number | boolean | undefined | ((event: any) => void) }} Attributes */

const SVG = 'http://www.w3.org/2000/svg';
/** What is a property rather than an attribute: it changes after the element is made. */
const PROPERTIES = new Set(['value', 'checked', 'hidden', 'disabled', 'open', 'tabIndex']);

/**
 * Makes an element. Functions are listeners (`onclick`), `false` and undefined leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAll(element, attributes);
  append(element, ...children);
  return element;
}

/**
 * Makes an element of SVG.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  setAll(element, attributes);
  append(element, ...children);
  return element;
}

/**
 * @param {Node} parent
 * @param {...(Child | readonly Child[])} children
 */
export function append(parent, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Puts children in the place of those that are there.
 * @param {Element} parent
 * @param {...(Child | readonly Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, ...children);
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value });
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}
