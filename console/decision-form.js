// @ts-check
import { append, h } from './dom.js';

/**
 * @typedef {object} Decision
 * @property {'approved' | 'rejected'} decision
 * @property {string} [reason]
 * @property {{ minutes: number, uses: number }} [grant]
 */

let count = 0;

/**
 * The form that approves or rejects.
 * @param {(decision: Decision) => Promise<string | undefined>} decide resolves with why it could not be
 */
export function createDecisionForm(decide) {
  const name = `decision-${++count}`;
  const reason = h('input', {
    id: `${name}-reason`,
    maxlength: 1_000,
    placeholder: 'Why? It stands in the record.',
    autocomplete: 'off',
  });
  const minutes = h('input', { id: `${name}-minutes`, type: 'number', min: 1, max: 1_440, value: '15' });
  const uses = h('input', { id: `${name}-uses`, type: 'number', min: 1, max: 1_000, value: '5' });
  const granted = h('input', { id: `${name}-grant`, type: 'checkbox' });
  const bounds = h(
    'span',
    { class: 'grant-bounds', hidden: true },
    'for ',
    minutes,
    h('label', { for: `${name}-minutes` }, ' minutes'),
    ', ',
    uses,
    h('label', { for: `${name}-uses` }, ' times'),
  );
  const grant = h(
    'div',
    { class: 'grant' },
    granted,
    h('label', { for: `${name}-grant` }, 'the same with other values, too, in this task'),
    bounds,
  );
  const trouble = h('p', { class: 'text-bad', role: 'alert' });
  const approve = h('button', { type: 'submit', class: 'button approve' }, 'Approve');
  const reject = h('button', { type: 'button', class: 'button reject' }, 'Reject');
  const form = h('form', { class: 'decision' });
  append(
    form,
    h('label', { for: `${name}-reason`, class: 'label' }, 'Reason'),
    reason,
    grant,
    h('div', { class: 'decision-buttons' }, approve, reject),
    trouble,
  );

  /** @param {'approved' | 'rejected'} decision */
  const send = async (decision) => {
    for (const button of [approve, reject]) button.disabled = true;
    const said = reason.value.trim();
    const isGranted = decision === 'approved' && granted.checked && !grant.hidden;
    const problem = await decide({
      decision,
      ...(said !== '' && { reason: said }),
      ...(isGranted && { grant: { minutes: minutes.valueAsNumber, uses: uses.valueAsNumber } }),
    });
    trouble.textContent = problem ?? '';
    for (const button of [approve, reject]) button.disabled = false;
  };
  granted.addEventListener('change', () => (bounds.hidden = !granted.checked));
  reject.addEventListener('click', () => void send('rejected'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send('approved');
  });
  return {
    element: form,
    /** @param {boolean} isAllowed */
    allowGrant: (isAllowed) => (grant.hidden = !isAllowed),
  };
}
