// @ts-check
import { ApiError, ask } from './api.js';
import { append, h } from './dom.js';
import { beginLogin } from './oidc.js';
import { setToken } from './session-token.js';

/**
 * The form that takes a token, or sends people to their issuer.
 * @param {import('./oidc.js').LoginConfig | null} config
 * @param {string} [remark] why somebody is here again
 */
export function createLogin(config, remark = '') {
  const trouble = h('p', { class: 'text-bad', role: 'alert' }, remark);
  const input = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const submit = h('button', { class: 'button primary' }, 'Enter');
  const form = h(
    'form',
    { class: 'login-form' },
    h('label', { for: 'token', class: 'label' }, 'Access token'),
    input,
    submit,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    trouble.textContent = (await tryToken(input.value.trim())) ?? '';
    submit.disabled = false;
    if (trouble.textContent !== '') input.select();
  });
  const panel = h(
    'div',
    { class: 'panel login-panel' },
    h('img', { src: '/console/icon.svg', alt: '', width: 40, height: 40 }),
    h('h1', {}, 'Countersign'),
    h('p', { class: 'muted' }, 'This collector wants to know who looks.'),
  );
  if (config !== null) {
    const go = async () => {
      trouble.textContent = await beginLogin(config).then(
        () => '',
        (error) => `${new URL(config.issuer).host}: ${error.message}`,
      );
    };
    append(
      panel,
      h(
        'button',
        { type: 'button', class: 'button primary wide', onclick: go },
        `Log in at ${new URL(config.issuer).host}`,
      ),
      h('p', { class: 'or muted' }, 'or with a token'),
    );
  }
  append(
    panel,
    form,
    trouble,
    h('p', { class: 'muted fine' }, 'It is kept in this tab, and forgotten when the tab is closed.'),
  );
  return { element: h('main', { class: 'login', id: 'main' }, panel), focus: () => input.focus() };
}

/**
 * Takes a token where the collector knows it: what it may do is told by each page.
 * @param {string} token
 * @returns {Promise<string | undefined>} why not
 */
async function tryToken(token) {
  if (!/^[\x21-\x7e]+$/.test(token)) return 'That is no token: it has a space, or a character that no token has.';
  try {
    await ask('/v1/size', { token });
  } catch (error) {
    // One that may only approve, say, is known as well.
    if (!(error instanceof ApiError) || error.status !== 403)
      return error instanceof ApiError && error.status === 401
        ? 'The collector does not know this token.'
        : String(error instanceof Error ? error.message : error);
  }
  setToken(token);
  return undefined;
}
