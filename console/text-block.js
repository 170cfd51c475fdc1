// @ts-check
import { fill, h } from './dom.js';
import { count } from './format.js';
import { sqlTokens } from './sql-tokens.js';
import { escapedText, visible } from './visible-text.js';

const CUT_CHARS = 4_000;
/** Above this a text is shown without colours and marks, which would be an element each. */
const MAX_MARKED_CHARS = 60_000;

/**
 * A statement, coloured; one that is long is cut, and shown whole when asked for.
 * @param {string} text
 */
export function sqlBlock(text) {
  return textBlock(text, 'Statement', (part) =>
    sqlTokens(part).map(({ kind, text: token }) =>
      kind === 'plain'
        ? visible(token, { lines: true })
        : h('span', { class: `sql-${kind}` }, visible(token, { lines: true })),
    ),
  );
}

/**
 * Any other long text.
 * @param {string} text
 * @param {string} label
 */
export const plainBlock = (text, label) => textBlock(text, label, (part) => [visible(part, { lines: true })]);

/**
 * @param {string} text
 * @param {string} label
 * @param {(part: string) => Node[]} show
 */
function textBlock(text, label, show) {
  const code = h('code', {});
  const block = h('pre', { class: 'code', tabindex: 0, role: 'group', 'aria-label': label }, code);
  if (text.length <= CUT_CHARS) {
    fill(code, show(text));
    return h('div', { class: 'code-box' }, block);
  }
  fill(code, show(text.slice(0, CUT_CHARS)), h('span', { class: 'muted' }, ' …'));
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button small',
      onclick: () => {
        fill(code, text.length <= MAX_MARKED_CHARS ? show(text) : escapedText(text));
        button.remove();
        block.focus();
      },
    },
    `Show all ${count(text.length)} characters`,
  );
  return h('div', { class: 'code-box' }, block, button);
}
