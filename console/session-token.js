// @ts-check
/** The token of who looks: kept for this tab, and forgotten with it. */

const KEY = 'countersign.token';

/** `change`, when somebody came or went; `needed`, when the collector wants to know who asks. */
export const viewer = new EventTarget();

export const token = () => sessionStorage.getItem(KEY) ?? undefined;

/** @param {string | undefined} value */
export function setToken(value) {
  if (value === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
  viewer.dispatchEvent(new Event('change'));
}
