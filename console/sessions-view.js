// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { clock, count, duration, microsOf } from './format.js';
import { emptyState, pageHead, problem } from './parts.js';
import { stepRow } from './record-rows.js';
import { hrefOf } from './route.js';
import { visible } from './visible-text.js';

const PAGE = 50;

/** Sessions, the newest first. @returns {import('./route.js').View} */
export function createSessionsView() {
  let pending = new AbortController();
  /** @type {Readonly<Record<string, string>>} */
  let params = {};
  /** @type {string | undefined} */
  let next;
  const agent = h('input', { id: 'sessions-agent', placeholder: 'any', autocomplete: 'off' });
  const task = h('input', { id: 'sessions-task', placeholder: 'any', autocomplete: 'off' });
  const list = h('ol', { class: 'rows session-rows', 'aria-label': 'Sessions' });
  const state = h('div', { class: 'list-state', 'aria-live': 'polite' });
  const more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => void load() }, 'More');
  const form = h(
    'form',
    { class: 'inline-form' },
    h('label', { for: 'sessions-agent' }, 'Agent'),
    agent,
    h('label', { for: 'sessions-task' }, 'Task'),
    task,
    h('button', { class: 'button primary' }, 'Show'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    location.hash = hrefOf('sessions', { params: { agent: agent.value.trim(), task: task.value.trim() } });
  });

  const load = async () => {
    const { signal } = pending;
    more.hidden = true;
    try {
      const query = { agent: params['agent'], task: params['task'], order: 'desc', limit: String(PAGE), after: next };
      const answer = await ask('/v1/sessions', { query, signal });
      next = answer.next;
      append(list, answer.sessions.map(sessionRow));
      more.hidden = answer.sessions.length < PAGE;
      fill(
        state,
        list.childNodes.length === 0 &&
          emptyState('No sessions.', 'A session is a connection, with all that ran on it.'),
      );
    } catch (error) {
      if (!signal.aborted) fill(state, problem(error));
    }
  };

  return {
    title: 'Sessions',
    element: h(
      'div',
      { class: 'view' },
      pageHead('Sessions'),
      form,
      h('div', { class: 'results' }, headings(), list, state, more),
    ),
    update({ params: given }) {
      params = given;
      agent.value = given['agent'] ?? '';
      task.value = given['task'] ?? '';
      pending.abort();
      pending = new AbortController();
      next = undefined;
      fill(list);
      void load();
    },
    onKey(key) {
      if (key === '/') agent.select();
      else if (key === 'j' || key === 'k') stepRow(list, key === 'j' ? 1 : -1);
      else return false;
      return true;
    },
    dispose: () => pending.abort(),
  };
}

const headings = () =>
  h(
    'div',
    { class: 'row row-head', 'aria-hidden': 'true' },
    ['Started (UTC)', 'Agents', 'Tasks', 'Statements', 'Refused', 'Errors', 'Lasted'].map((name, at) =>
      h('span', { class: at > 2 ? 'right' : '' }, name),
    ),
  );

/** @param {any} session */
function sessionRow({ id, started, ended, agents, tasks, statements, refused, errors }) {
  const [from, to] = [microsOf(started), microsOf(ended)];
  const number = (/** @type {number} */ value, /** @type {string} */ name, /** @type {string} */ tone) =>
    h('span', { class: `right ${value > 0 ? tone : 'muted'}`, 'data-name': name }, count(value));
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'row', href: hrefOf('session', { id }) },
      h('span', { class: 'cell-time' }, clock(started)),
      h('span', { class: 'clip' }, agents.length === 0 ? '—' : visible(agents.join(', ').slice(0, 200))),
      h('span', { class: 'clip muted' }, visible(tasks.join(', ').slice(0, 200))),
      number(statements, 'statements', ''),
      number(refused, 'refused', 'text-bad'),
      number(errors, 'errors', 'text-warn'),
      h(
        'span',
        { class: 'right muted', 'data-name': 'long' },
        from === undefined || to === undefined ? '' : duration(to - from),
      ),
    ),
  );
}
