// @ts-check
import { ask } from './api.js';
import { append, fill, h } from './dom.js';
import { createApprovalCard } from './approval-card.js';
import { clock } from './format.js';
import { badge, emptyState, pageHead, problem } from './parts.js';
import { repeat } from './repeat.js';
import { hrefOf } from './route.js';
import { shortText, visible } from './visible-text.js';

const POLL_MS = 3_000;
const MAX_HISTORY = 100;

/** What waits for an approval, and what became of the rest. @returns {import('./route.js').View} */
export function createApprovalsView() {
  /** @type {Map<string, ReturnType<typeof createApprovalCard>>} */
  const cards = new Map();
  /** @type {string | undefined} */
  let open;
  let before = '';
  const inbox = h('div', { class: 'cards' });
  const single = h('div', {});
  const history = h('tbody', {});
  const state = h('div', { 'aria-live': 'polite' });
  const table = h(
    'table',
    { class: 'table history' },
    h('caption', {}, 'What became of the others'),
    headOf(),
    history,
  );

  const read = async (/** @type {AbortSignal | undefined} */ signal) => {
    try {
      const { approvals } = await ask('/v1/approvals', signal === undefined ? {} : { signal });
      show(approvals);
    } catch (error) {
      if (signal?.aborted) return;
      cards.clear();
      for (const place of [inbox, history]) fill(place);
      fill(state, problem(error));
    }
  };
  /** @param {readonly any[]} approvals */
  const show = (approvals) => {
    const waiting = approvals.filter(({ status }) => status === 'pending');
    showCards(waiting);
    fill(
      state,
      waiting.length === 0 &&
        emptyState('Nothing waits.', 'A statement that a rule wants approved stands here until somebody decides.'),
    );
    const others = approvals.filter(({ status }) => status !== 'pending').slice(0, MAX_HISTORY);
    const now = JSON.stringify(others.map(({ request, status, votes }) => [request.id, status, votes.length]));
    if (now !== before) fill(history, others.map(historyRow));
    before = now;
    table.hidden = others.length === 0;
    showOpen(approvals);
  };
  /** Cards stay while they wait: somebody may be writing a reason. @param {readonly any[]} waiting */
  const showCards = (waiting) => {
    const ids = new Set(waiting.map(({ request }) => request.id));
    for (const [id, card] of cards) {
      if (ids.has(id)) continue;
      card.element.remove();
      cards.delete(id);
    }
    for (const approval of [...waiting].reverse()) {
      const { id } = approval.request;
      const card = cards.get(id) ?? createApprovalCard(() => void read(undefined));
      card.show(approval);
      if (!cards.has(id)) inbox.prepend(card.element);
      cards.set(id, card);
    }
  };
  /** @param {readonly any[]} approvals */
  const showOpen = (approvals) => {
    const chosen = approvals.find(({ request, status }) => request.id === open && status !== 'pending');
    if (chosen === undefined) return fill(single);
    const card = createApprovalCard(() => {});
    card.show(chosen);
    fill(single, card.element, h('p', {}, h('a', { href: hrefOf('approvals') }, 'Close')));
  };

  const stop = repeat(POLL_MS, read);
  return {
    title: 'Approvals',
    element: h(
      'div',
      { class: 'view narrow' },
      pageHead('Approvals'),
      single,
      state,
      inbox,
      h('div', { class: 'history-box' }, table),
    ),
    update({ params }) {
      const isNew = open !== params['open'];
      open = params['open'];
      if (isNew && before !== '') void read(undefined);
    },
    onKey: (key) => onCardKey(key, inbox),
    dispose: stop,
  };
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
