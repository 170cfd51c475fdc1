// @ts-check
import { ApiError, ask } from './api.js';
import { append, fill, h } from './dom.js';
import { createDecisionForm } from './decision-form.js';
import { clock, counted, distance } from './format.js';
import { items, members, number, tableName, text, texts } from './members.js';
import { badge, facts, searchLink } from './parts.js';
import { hrefOf } from './route.js';
import { plainBlock, sqlBlock } from './text-block.js';
import { visible } from './visible-text.js';

const MAX_INLINE_CHARS = 200;

/**
 * One request: what it is, who asks, what was said of it, and, while it waits, the form to decide.
 * @param {() => void} onDecided
 */
export function createApprovalCard(onDecided) {
  const element = h('article', { class: 'panel card', tabindex: -1 });
  const due = h('span', { class: 'due' });
  const votes = h('div', { class: 'votes' });
  let isShown = false;
  let id = '';
  const form = createDecisionForm(async (decision) => {
    try {
      await ask(`/v1/approvals/${encodeURIComponent(id)}/decisions`, { body: decision });
      onDecided();
      return undefined;
    } catch (error) {
      return error instanceof ApiError ? error.message : String(error);
    }
  });
  return {
    element,
    /** @param {any} approval as `GET /v1/approvals` gives it */
    show(approval) {
      const { request, status, needs } = approval;
      id = request.id;
      due.textContent = status === 'pending' ? `expires ${distance(Date.parse(request.expires_at) - Date.now())}` : '';
      fill(votes, votesOf(approval));
      if (isShown) return;
      isShown = true;
      element.setAttribute('aria-label', `${request.rule}, asked by ${request.agent.subject}`);
      append(
        element,
        headOf(request, status, due),
        h('p', { class: 'reason' }, visible(request.reason)),
        statementsOf(request),
        whoOf(request),
      );
      if (request.in_transaction)
        append(
          element,
          h('p', { class: 'remark' }, 'A transaction is open: what it has locked stays locked while this waits.'),
        );
      append(element, needsOf(needs), votes, status === 'pending' && form.element);
      form.allowGrant(request.task !== undefined && needs.approvals === 1);
    },
  };
}

/**
 * @param {any} request
 * @param {string} status
 * @param {Element} due
 */
function headOf(request, status, due) {
  return h('header', { class: 'card-head' }, h('h2', {}, badge(status), ' ', visible(request.rule)), due);
}

/** @param {any} request */
function statementsOf(request) {
  const statements = items(request.statements).map(members);
  return h(
    'div',
    {},
    statements.length > 1 && h('p', { class: 'muted' }, counted(statements.length, 'statement')),
    statements.slice(0, 20).map((statement) => {
      const parameters = text(statement['parameters']);
      const rows = number(statement['estimated_rows']);
      const tables = items(statement['tables']).map(
        (table) => `${members(table)['access'] === 'write' ? 'writes' : 'reads'} ${tableName(table)}`,
      );
      return h(
        'div',
        { class: 'asked' },
        sqlBlock(String(statement['text'])),
        parameters !== undefined && parameters !== '[]' && parametersOf(parameters),
        tables.length > 0 && h('p', { class: 'muted' }, visible([...new Set(tables)].join(', '))),
        rows !== undefined && h('p', { class: 'remark' }, `It would look at about ${counted(rows, 'row')}.`),
      );
    }),
    statements.length > 20 &&
      h(
        'p',
        { class: 'remark' },
        `${statements.length - 20} more are not shown here: countersign approvals --json has them.`,
      ),
  );
}

/** @param {string} json */
function parametersOf(json) {
  if (json.length > MAX_INLINE_CHARS) return plainBlock(json, 'Parameters');
  return h('p', { class: 'muted' }, 'with ', h('code', { class: 'inline-code' }, visible(json)));
}

/** @param {any} request */
function whoOf(request) {
  const { agent, task, call = {}, server, namespace, session } = request;
  return facts([
    ['Agent', [searchLink('agent', agent.subject)]],
    ['On behalf of', texts(agent.actor).length > 0 ? visible(texts(agent.actor).join(' → ')) : undefined],
    ['Task', task && [searchLink('task', task.id)]],
    ['Model', call.model && visible(call.model)],
    ['Tool', call.tool && visible(call.tool)],
    ['At', visible([server, namespace].filter(Boolean).join(' / '))],
    ['Session', [h('a', { href: hrefOf('session', { id: session }) }, 'as a film')]],
  ]);
}

/** @param {{ approvals: number, groups: readonly string[] }} needs */
function needsOf({ approvals, groups }) {
  if (approvals === 1 && groups.length === 0) return undefined;
  const who = groups.length === 0 ? '' : ` of ${groups.join(' or ')}`;
  return h(
    'p',
    { class: 'muted' },
    visible(`It takes ${approvals === 1 ? 'one person' : `${approvals} people`}${who}.`),
  );
}

/** @param {any} approval */
function votesOf({ votes }) {
  return votes.map((/** @type {any} */ { by, decision, reason, channel, at }) =>
    h(
      'p',
      {},
      badge(decision),
      ' ',
      h('b', {}, visible(by)),
      reason !== null && [' ', visible(reason)],
      h('small', { class: 'muted' }, ` ${clock(at)} UTC, ${channel}`),
    ),
  );
}
