// @ts-check
import { append, h } from './dom.js';
import { clock, count, counted, duration, size } from './format.js';
import { indentedJson } from './json-text.js';
import { items, lineOf, members, number, tableName, text, texts } from './members.js';
import { badge, copyButton, facts, searchLink, section } from './parts.js';
import { hrefOf } from './route.js';
import { plainBlock, sqlBlock } from './text-block.js';
import { escapedText, shortText, visible } from './visible-text.js';

/** @typedef {import('./members.js').Members} Members */

/**
 * One record in full.
 * @param {string} json as it came
 * @param {{ isInFilm?: boolean, arrival?: { at: string | null, sender: string | null } }} [options] isInFilm: its session is shown already, and the
 *   JSON is not as it came; arrival: when it came to the collector, and from whom, as a part of a URL
 */
export function recordArticle(json, { isInFilm = false, arrival } = {}) {
  const root = members(JSON.parse(json));
  const line = lineOf(root);
  const statement = members(root['statement']);
  const verdict = members(root['verdict']);
  const outcome = members(root['outcome']);
  const article = h('article', { class: 'record' });
  append(
    article,
    headOf(line, verdict, isInFilm),
    statementOf(statement),
    section('Verdict', verdictOf(verdict), notesOf(verdict)),
    section('Outcome', outcomeOf(outcome), resultOf(members(outcome['result']))),
    section('Who', whoOf(root)),
    section('Tables', tablesOf(statement)),
    section('Event', eventOf(members(root['event']))),
    section('Where', whereOf(root)),
    section('In the chain', chainOf(root, arrival), checkpointOf(members(root['checkpoint']))),
    isInFilm ? undefined : rawOf(json),
  );
  return article;
}

/**
 * @param {import('./members.js').RecordLine} line
 * @param {Members} verdict
 * @param {boolean} isInFilm
 */
function headOf({ id, time, status, type, session }, verdict, isInFilm) {
  const effect = text(verdict['effect']);
  const links = h(
    'div',
    { class: 'actions' },
    h('a', { class: 'button small quiet', href: hrefOf('record', { id }) }, 'Link'),
  );
  if (session !== undefined && !isInFilm)
    append(
      links,
      h(
        'a',
        { class: 'button small quiet', href: hrefOf('session', { id: session, params: { at: id } }) },
        'Session as a film',
      ),
    );
  return h(
    'header',
    { class: 'record-head' },
    h(
      'h2',
      {},
      status !== '' && badge(status),
      effect !== undefined && effect !== 'allow' && status !== 'denied' && badge(effect),
      ' ',
      visible(type),
    ),
    h('p', { class: 'muted' }, h('time', {}, `${clock(time, { exact: true })} UTC`)),
    links,
  );
}

/** @param {Members} statement */
function statementOf(statement) {
  const body = text(statement['text']) ?? text(statement['fingerprint']);
  if (body === undefined) return undefined;
  const parameters = items(statement['parameters']);
  const remarks = [
    ...(statement['truncated'] === true ? ['The text was cut when it was recorded.'] : []),
    ...(statement['redacted'] === true
      ? ['What may be a secret is left out: the text is the fingerprint, or parameters are hidden.']
      : []),
  ];
  const digest = text(statement['digest']);
  return h(
    'section',
    { class: 'section' },
    h(
      'h3',
      { class: 'with-action' },
      'Statement ',
      copyButton('Copy', () => body),
    ),
    sqlBlock(body),
    remarks.map((remark) => h('p', { class: 'remark' }, remark)),
    parameters.length > 0 && h('h4', {}, 'Parameters'),
    parameters.length > 0 &&
      h(
        'ol',
        { class: 'parameters' },
        parameters.slice(0, 200).map((value) => h('li', {}, parameterOf(value))),
      ),
    parameters.length > 200 &&
      h('p', { class: 'remark' }, `${count(parameters.length - 200)} more are in the raw record.`),
    facts(
      [
        ['Command', maybe(statement['command'])],
        ['Operation', linked('operation', statement['operation'])],
        [
          'Fingerprint',
          digest !== undefined && h('a', { href: hrefOf('search', { params: { digest } }) }, 'all that are like it'),
        ],
      ]
        .filter((entry) => entry[1] !== false && entry[1] !== undefined)
        .map(([name, value]) => /** @type {const} */ ([String(name), /** @type {Node} */ (value)])),
    ),
  );
}

/** @param {unknown} value */
const parameterOf = (value) => h('code', {}, shortText(JSON.stringify(value) ?? '', 400));

/** @param {Members} verdict */
function verdictOf(verdict) {
  const approval = members(verdict['approval']);
  const id = text(approval['id']);
  return facts([
    ['Effect', tonedOf(verdict['effect'])],
    ['Rule', linked('rule', verdict['rule'])],
    ['Reason', maybe(verdict['reason'])],
    [
      'Approval',
      id &&
        h(
          'a',
          { href: hrefOf('approvals', { params: { open: id } }) },
          visible([approval['decision'], approval['by'] && `by ${String(approval['by'])}`].filter(Boolean).join(' ')),
        ),
    ],
    ['Said to it', maybe(approval['reason'])],
    ['Decided', text(approval['at']) && `${clock(approval['at'])} UTC`],
  ]);
}

/** @param {Members} verdict */
function notesOf(verdict) {
  const notes = items(verdict['notes']).map(members);
  return h(
    'ul',
    { class: 'notes' },
    notes.map((note) =>
      h('li', {}, tonedOf(note['effect']), ' ', linked('rule', note['rule']), ' ', maybe(note['reason'])),
    ),
  );
}

/** @param {Members} outcome */
function outcomeOf(outcome) {
  const error = members(outcome['error']);
  const limited = members(outcome['limited']);
  const affected = number(Number(outcome['affected'] ?? NaN));
  const took = number(outcome['duration_us']);
  const code = [number(error['code']), text(error['sqlstate'])].filter((part) => part !== undefined).join(' / ');
  return facts([
    ['Ended', tonedOf(outcome['status'])],
    ['Error', text(error['message']) && [code !== '' && h('code', {}, code, ' '), visible(error['message'])]],
    ['Rows', numberOf(outcome['rows'])],
    ['Changed', affected === undefined ? undefined : count(affected)],
    ['Bytes', number(outcome['bytes']) === undefined ? undefined : size(Number(outcome['bytes']))],
    ['Took', took === undefined ? undefined : duration(took)],
    ['Masked', listOf(texts(outcome['masked']).map((column) => searchLink('masked', column)))],
    ['Stopped at', text(limited['limit']) && [visible(limited['limit']), ' by ', linked('rule', limited['rule'])]],
  ]);
}

/** @param {Members} result */
function resultOf(result) {
  const sets = items(result['sets']).map(members);
  return h(
    'div',
    {},
    sets.map((set) => {
      const head = h(
        'tr',
        {},
        texts(set['columns']).map((name) => h('th', { scope: 'col' }, visible(name))),
      );
      const rows = items(set['rows']).map((row) =>
        h(
          'tr',
          {},
          items(row).map((cell) => h('td', {}, cell === null ? h('i', {}, 'NULL') : visible(shortText(cell, 200)))),
        ),
      );
      const table = h('table', { class: 'table result' }, h('thead', {}, head), h('tbody', {}, rows));
      return h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'First rows' }, table);
    }),
  );
}

/** @param {Members} root */
function whoOf(root) {
  const agent = members(root['agent']);
  const task = members(root['task']);
  const call = members(root['call']);
  return facts(
    [
      [
        'Agent',
        agent['subject'] !== undefined &&
          text(agent['subject']) && [
            linked('agent', agent['subject']),
            agent['verified'] === true && h('small', { class: 'muted' }, ' verified'),
          ],
      ],
      ['Name', maybe(agent['name'])],
      ['On behalf of', chainOfNames(texts(agent['actor']))],
      [
        'Task',
        text(task['id']) && [
          linked('task', task['id']),
          h('small', { class: 'muted' }, task['source'] === 'claim' ? ' from the token' : ' as the calling code says'),
        ],
      ],
      ['Groups', texts(agent['groups']).length > 0 ? visible(texts(agent['groups']).join(', ')) : undefined],
      ['Model', maybe(call['model'] ?? agent['model'])],
      ['Tool', maybe(call['tool'])],
      ['Program', maybe(call['client'])],
      ['Tool call', maybe(call['id'])],
      ['Purpose', maybe(agent['purpose'])],
      ['Issuer', maybe(agent['issuer'])],
      ['Token', maybe(agent['token_id'])],
    ].map(
      ([name, value]) =>
        /** @type {const} */ ([String(name), value === false ? undefined : /** @type {Node} */ (value)]),
    ),
  );
}

/** @param {readonly string[]} names outermost first */
function chainOfNames(names) {
  return names.flatMap((name, at) => [at > 0 && ' → ', searchLink('actor', name)]);
}

/** @param {Members} statement */
function tablesOf(statement) {
  const tables = items(statement['tables']).map(members);
  return h(
    'ul',
    { class: 'tables' },
    tables.slice(0, 200).map((table) => {
      const isWritten = table['access'] === 'write';
      const via = text(table['via']);
      return h(
        'li',
        {},
        h('span', { class: `badge tone-${isWritten ? 'wait' : 'none'}` }, isWritten ? 'write' : 'read'),
        ' ',
        searchLink('table', tableName(table)),
        via !== undefined && h('small', { class: 'muted' }, ' via ', visible(via)),
      );
    }),
  );
}

/** @param {Members} event */
function eventOf(event) {
  return facts(
    Object.entries(event)
      .slice(0, 60)
      .map(([name, value]) => [escapedText(name), visible(typeof value === 'object' ? JSON.stringify(value) : value)]),
  );
}

/** @param {Members} root */
function whereOf(root) {
  const session = members(root['session']);
  const db = members(root['db']);
  const id = text(session['id']);
  return facts([
    [
      'Session',
      id && [
        h('a', { href: hrefOf('session', { id }) }, visible(id)),
        ' ',
        number(session['statement_no']) !== undefined &&
          h('small', { class: 'muted' }, `statement ${String(session['statement_no'])}`),
      ],
    ],
    [
      'Server',
      text(db['server']) && [
        linked('server', db['server']),
        h('small', { class: 'muted' }, ' ', visible(db['system'] ?? '')),
      ],
    ],
    ['Schema', maybe(db['namespace'])],
    ['Account', maybe(db['user'])],
    ['Mode', maybe(session['mode'])],
    ['Client', maybe(session['client'])],
    ['Driver', maybe(session['driver'])],
    ['Thread', numberOf(session['thread_id'])],
    ['Trace', linked('trace', members(root['trace'])['trace_id'])],
  ]);
}

/**
 * @param {Members} root
 * @param {{ at: string | null, sender: string | null }} [arrival]
 */
function chainOf(root, arrival) {
  const writer = members(root['writer']);
  return facts([
    ['Writer', maybe(writer['id'])],
    ['Number', numberOf(writer['seq'])],
    ['Record', maybe(root['id'])],
    ['Before it', text(writer['prev']) && h('code', {}, visible(writer['prev']))],
    ['Received', maybe(arrival?.at)],
    ['From', maybe(arrival?.sender ? decodeURI(arrival.sender) : undefined)],
  ]);
}

/** @param {Members} checkpoint */
function checkpointOf(checkpoint) {
  const note = text(checkpoint['note']);
  return note === undefined
    ? undefined
    : h(
        'div',
        {},
        h('p', {}, `Covers ${counted(number(checkpoint['size']) ?? 0, 'record')}.`),
        plainBlock(note, 'Checkpoint'),
      );
}

/** @param {string} json */
function rawOf(json) {
  const details = h('details', { class: 'raw' }, h('summary', {}, 'Raw record'));
  const show = () =>
    append(
      details,
      h(
        'div',
        { class: 'raw-body' },
        copyButton('Copy', () => json),
        plainBlock(indentedJson(json), 'Raw record'),
      ),
    );
  details.addEventListener('toggle', show, { once: true });
  return details;
}

/** @param {unknown} value */
const maybe = (value) => (text(value) === undefined ? undefined : visible(value));
/** @param {unknown} value */
const tonedOf = (value) => (text(value) === undefined ? undefined : badge(String(value)));
/** @param {unknown} value */
const numberOf = (value) => (number(value) === undefined ? undefined : count(Number(value)));
/** @param {string} name @param {unknown} value */
const linked = (name, value) => (text(value) === undefined ? undefined : searchLink(name, String(value)));
/** @param {readonly Node[]} nodes */
const listOf = (nodes) => nodes.flatMap((node, at) => (at === 0 ? [node] : [', ', node]));
