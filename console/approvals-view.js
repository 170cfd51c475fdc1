// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { createApprovalCard } from './approval-card.js';
import { clock } from './format.js';
import { badge, emptyState, pageHead, problem } from './parts.js';
import { repeat } from './repeat.js';
import { hrefOf } from './route.js';
import { shortText, visible } from './visible-text.js';

/** @typedef {import('./route.js').View} View */

const POLL_MS = 3_000;
const MAX_HISTORY = 100;
const NOTHING = 'A statement that a rule wants approved stands here until somebody decides.';

/** What waits for an approval, and what became of the rest. @implements {View} */
export class ApprovalsView {
  title = 'Approvals';
  /** @type {Map<string, ReturnType<typeof createApprovalCard>>} */
  #cards = new Map();
  /** @type {string | undefined} */
  #open;
  #before = '';
  #inbox = h('div', { class: 'cards' });
  #single = h('div', {});
  #history = h('tbody', {});
  #state = h('div', { 'aria-live': 'polite' });
  #table = h(
    'table',
    { class: 'table history' },
    h('caption', {}, 'What became of the others'),
    headOf(),
    this.#history,
  );
  element = h(
    'div',
    { class: 'view narrow' },
    pageHead('Approvals'),
    this.#single,
    this.#state,
    this.#inbox,
    h('div', { class: 'history-box' }, this.#table),
  );
  dispose = repeat(POLL_MS, (signal) => this.#read(signal));

  /** @param {import('./route.js').Place} place */
  update({ params }) {
    const isNew = this.#open !== params['open'];
    this.#open = params['open'];
    if (isNew && this.#before !== '') void this.#read(undefined);
  }

  /** @param {string} key */
  onKey(key) {
    return onCardKey(key, this.#inbox);
  }

  /** @param {AbortSignal | undefined} signal */
  async #read(signal) {
    try {
      const { approvals } = await ask('/v1/approvals', signal === undefined ? {} : { signal });
      this.#show(approvals);
    } catch (error) {
      if (signal?.aborted) return;
      this.#cards.clear();
      for (const place of [this.#inbox, this.#history]) fill(place);
      fill(this.#state, problem(error));
    }
  }

  /** @param {readonly any[]} approvals */
  #show(approvals) {
    const waiting = approvals.filter(({ status }) => status === 'pending');
    this.#showCards(waiting);
    fill(this.#state, waiting.length === 0 && emptyState('Nothing waits.', NOTHING));
    const others = approvals.filter(({ status }) => status !== 'pending').slice(0, MAX_HISTORY);
    const now = JSON.stringify(others.map(({ request, status, votes }) => [request.id, status, votes.length]));
    if (now !== this.#before) fill(this.#history, others.map(historyRow));
    this.#before = now;
    this.#table.hidden = others.length === 0;
    this.#showOpen(approvals);
  }

  /** Cards stay while they wait: somebody may be writing a reason. @param {readonly any[]} waiting */
  #showCards(waiting) {
    const ids = new Set(waiting.map(({ request }) => request.id));
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue;
      card.element.remove();
      this.#cards.delete(id);
    }
    for (const approval of [...waiting].reverse()) {
      const { id } = approval.request;
      const card = this.#cards.get(id) ?? createApprovalCard(() => void this.#read(undefined));
      card.show(approval);
      if (!this.#cards.has(id)) this.#inbox.prepend(card.element);
      this.#cards.set(id, card);
    }
  }

  /** @param {readonly any[]} approvals */
  #showOpen(approvals) {
    const chosen = approvals.find(({ request, status }) => request.id === this.#open && status !== 'pending');
    if (chosen === undefined) return fill(this.#single);
    const card = createApprovalCard(() => {});
    card.show(chosen);
    fill(this.#single, card.element, h('p', {}, h('a', { href: hrefOf('approvals') }, 'Close')));
  }
}

/**
 * @param {string} key
 * @param {Element} inbox
 */
function onCardKey(key, inbox) {
  if (key !== 'j' && key !== 'k') return false;
  const cards = /** @type {HTMLElement[]} */ ([...inbox.children]);
  const at = cards.findIndex((card) => card.contains(document.activeElement));
  cards[Math.max(0, Math.min(cards.length - 1, at + (key === 'j' ? 1 : -1)))]?.focus();
  return true;
}

const headOf = () =>
  h(
    'thead',
    {},
    h(
      'tr',
      {},
      ['Asked (UTC)', 'Status', 'Agent', 'Statement', 'Decided by'].map((name) => h('th', { scope: 'col' }, name)),
    ),
  );

/** @param {any} approval */
function historyRow({ request, status, votes, created_at }) {
  const row = h('tr', {});
  const [first] = request.statements;
  const more = request.statements.length > 1 ? ` and ${request.statements.length - 1} more` : '';
  append(
    row,
    h('td', { class: 'nowrap' }, clock(created_at)),
    h('td', {}, badge(status)),
    h('td', { class: 'break' }, visible(request.agent.subject)),
    h(
      'td',
      { class: 'break' },
      h(
        'a',
        { class: 'code-line', href: hrefOf('approvals', { params: { open: request.id } }) },
        shortText(first?.text ?? '', 120) + more,
      ),
    ),
    h(
      'td',
      { class: 'break' },
      votes.map((/** @type {any} */ vote) =>
        h(
          'div',
          {},
          visible(vote.by),
          vote.reason !== null && h('small', { class: 'muted' }, ' ', visible(vote.reason)),
        ),
      ),
    ),
  );
  return row;
}
