// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { clock, count, duration, microsOf } from './format.js';
import { emptyState, pageHead, problem } from './parts.js';
import { stepRow } from './record-rows.js';
import { hrefOf } from './route.js';
import { visible } from './visible-text.js';

/** @typedef {import('./route.js').View} View */

const PAGE = 50;
const NOTHING = 'A session is a connection, with all that ran on it.';

/** Sessions, the newest first. @implements {View} */
export class SessionsView {
  title = 'Sessions';
  #pending = new AbortController();
  /** @type {Readonly<Record<string, string>>} */
  #params = {};
  /** @type {string | undefined} */
  #next;
  #agent = h('input', { id: 'sessions-agent', placeholder: 'any', autocomplete: 'off' });
  #task = h('input', { id: 'sessions-task', placeholder: 'any', autocomplete: 'off' });
  #list = h('ol', { class: 'rows session-rows', 'aria-label': 'Sessions' });
  #state = h('div', { class: 'list-state', 'aria-live': 'polite' });
  #more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => void this.#load() }, 'More');
  element = h(
    'div',
    { class: 'view' },
    pageHead('Sessions'),
    h(
      'form',
      { class: 'inline-form', onsubmit: (/** @type {SubmitEvent} */ event) => this.#submit(event) },
      ...[h('label', { for: 'sessions-agent' }, 'Agent'), this.#agent],
      ...[h('label', { for: 'sessions-task' }, 'Task'), this.#task],
      h('button', { class: 'button primary' }, 'Show'),
    ),
    h('div', { class: 'results' }, headings(), this.#list, this.#state, this.#more),
  );

  /** @param {import('./route.js').Place} place */
  update({ params }) {
    this.#params = params;
    this.#agent.value = params['agent'] ?? '';
    this.#task.value = params['task'] ?? '';
    this.#pending.abort();
    this.#pending = new AbortController();
    this.#next = undefined;
    fill(this.#list);
    void this.#load();
  }

  /** @param {string} key */
  onKey(key) {
    if (key === '/') this.#agent.select();
    else if (key === 'j' || key === 'k') stepRow(this.#list, key === 'j' ? 1 : -1);
    else return false;
    return true;
  }

  dispose() {
    this.#pending.abort();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const params = { agent: this.#agent.value.trim(), task: this.#task.value.trim() };
    location.hash = hrefOf('sessions', { params });
  }

  async #load() {
    const { signal } = this.#pending;
    const { agent, task } = this.#params;
    this.#more.hidden = true;
    try {
      const query = { agent, task, order: 'desc', limit: String(PAGE), after: this.#next };
      const { sessions, next } = await ask('/v1/sessions', { query, signal });
      this.#next = next;
      append(this.#list, sessions.map(sessionRow));
      this.#more.hidden = sessions.length < PAGE;
      fill(this.#state, this.#list.childNodes.length === 0 && emptyState('No sessions.', NOTHING));
    } catch (error) {
      if (!signal.aborted) fill(this.#state, problem(error));
    }
  }
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
