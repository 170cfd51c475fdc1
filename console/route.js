// @ts-check

/**
 * A place in the console, as the URL's fragment holds it: it never leaves the browser.
 * @typedef {object} Place
 * @property {string} name
 * @property {string} id
 * @property {Readonly<Record<string, string>>} params
 */

/**
 * What the console shows at a place.
 * @typedef {object} View
 * @property {string} title
 * @property {HTMLElement} element
 * @property {(place: Place) => void} update shows another place of the same name
 * @property {(key: string) => boolean} [onKey] whether it did something with it
 * @property {() => void} [dispose]
 */

/**
 * @param {string} hash
 * @returns {Place}
 */
export function placeOf(hash) {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', id = ''] = path.split('/', 2);
  return {
    name: name === '' ? 'overview' : name,
    id: decoded(id),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

/**
 * The link to a place. Whatever a record says becomes part of a fragment, and never a URL of its own.
 * @param {string} name
 * @param {{ id?: string | undefined, params?: Readonly<Record<string, string | undefined>> }} [parts]
 */
export function hrefOf(name, { id, params = {} } = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(key, value);
  const text = query.toString();
  return `#/${name}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${text === '' ? '' : `?${text}`}`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
