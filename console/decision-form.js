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
    placeholder: 'Why? It is kept with the decision.',
    autocomplete: 'off',
  });
  const grant = createGrantFields(name);
  const trouble = h('p', { class: 'text-bad', role: 'alert' });
  const approve = h('button', { type: 'submit', class: 'button approve' }, 'Approve');
  const reject = h('button', { type: 'button', class: 'button reject' }, 'Reject');
  const form = h('form', { class: 'decision' });
  append(
    form,
    h('label', { for: `${name}-reason`, class: 'label' }, 'Reason'),
    reason,
    grant.element,
    h('div', { class: 'decision-buttons' }, approve, reject),
    trouble,
  );

  /** @param {'approved' | 'rejected'} decision */
  const send = async (decision) => {
    for (const button of [approve, reject]) button.disabled = true;
    const said = reason.value.trim();
    const bounds = decision === 'approved' ? grant.read() : undefined;
    const problem = await decide({
      decision,
      ...(said !== '' && { reason: said }),
      ...(bounds !== undefined && { grant: bounds }),
    });
    trouble.textContent = problem ?? '';
    for (const button of [approve, reject]) button.disabled = false;
  };
  reject.addEventListener('click', () => void send('rejected'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send('approved');
  });
  return {
    element: form,
    /** @param {boolean} isAllowed */
    allowGrant: (isAllowed) => (grant.element.hidden = !isAllowed),
  };
}

/**
 * The fields that grant more than one statement.
 * @param {string} name of the form
 */
function createGrantFields(name) {
  const minutes = h('input', { id: `${name}-minutes`, type: 'number', min: 1, max: 1_440, value: '15' });
  const uses = h('input', { id: `${name}-uses`, type: 'number', min: 1, max: 1_000, value: '5' });
  const bounds = h(
    'span',
    { class: 'grant-bounds', hidden: true },
    ...['for ', minutes, h('label', { for: `${name}-minutes` }, ' minutes')],
    ...[', ', uses, h('label', { for: `${name}-uses` }, ' times')],
  );
  const show = () => (bounds.hidden = !granted.checked);
  const granted = h('input', { id: `${name}-grant`, type: 'checkbox', onchange: show });
  const label = h('label', { for: `${name}-grant` }, 'the same with other values, too, in this task');
  const element = h('div', { class: 'grant' }, granted, label, bounds);
  return {
    element,
    read: () =>
      granted.checked && !element.hidden ? { minutes: minutes.valueAsNumber, uses: uses.valueAsNumber } : undefined,
  };
}
