// @ts-check

const KEY = 'countersign.theme';
const CHOICES = /** @type {const} */ (['system', 'light', 'dark']);
const system = matchMedia('(prefers-color-scheme: dark)');

/** `change`, when other colours are shown. */
export const theme = new EventTarget();

const chosen = () => CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? 'system';

function apply() {
  const choice = chosen();
  document.documentElement.dataset['theme'] = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
  theme.dispatchEvent(new Event('change'));
}

/** Shows the colours that were chosen, or those of the system. */
export function startTheme() {
  system.addEventListener('change', apply);
  apply();
}

/** Goes on to the next of system, light, dark. Returns which. */
export function switchTheme() {
  const next = CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length] ?? 'system';
  localStorage.setItem(KEY, next);
  apply();
  return next;
}

export { chosen as chosenTheme };
