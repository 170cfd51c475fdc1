// @ts-check
import { append, fill, h } from './dom.js';
import { FILTERS, labelOf, typedFilters } from './filters.js';
import { shortText } from './visible-text.js';

/**
 * The form of a search: words, with filters as `name:value` among them or each in a field, and what is set as chips.
 * @param {(filters: Record<string, string>) => void} onChange
 */
export function createSearchForm(onChange) {
  /** @type {Record<string, string>} */
  let current = {};
  const words = h('input', {
    ...{ type: 'search', id: 'words', name: 'text', autocomplete: 'off', spellcheck: 'false' },
    placeholder: 'Words, or agent:… status:denied table:shop.orders since:7d',
    'aria-label': 'Search the records',
  });
  const fields = new Map(FILTERS.map((filter) => [filter.name, fieldOf(filter)]));
  const chips = h('ul', { class: 'chips', 'aria-label': 'Filters that are set' });
  const panel = h('div', { class: 'filter-grid' });
  for (const { name, label } of FILTERS)
    append(panel, h('div', { class: 'field' }, h('label', { for: `filter-${name}` }, label), fields.get(name)));
  append(panel, h('div', { class: 'field field-submit' }, h('button', { class: 'button primary' }, 'Search')));
  const filters = h('details', { class: 'filters' }, h('summary', {}, 'Filters'), panel);

  /** @param {Record<string, string>} next */
  const change = (next) =>
    onChange(Object.fromEntries(Object.entries(next).filter(([, value]) => value.trim() !== '')));
  const read = () => Object.fromEntries([...fields].map(([name, field]) => [name, field.value]));
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    change({ ...read(), text: '', ...typedFilters(words.value) });
  };
  const form = h('form', { class: 'search', role: 'search', onsubmit: submit });
  append(form, h('div', { class: 'search-bar' }, words, h('button', { class: 'button primary' }, 'Search')), filters);
  for (const field of fields.values()) {
    if (field instanceof HTMLSelectElement) field.addEventListener('change', () => form.requestSubmit());
  }

  return {
    element: h('div', { class: 'search-box' }, form, chips),
    focus: () => words.select(),
    /** @param {Record<string, string>} values */
    show(values) {
      current = values;
      words.value = values['text'] ?? '';
      for (const [name, field] of fields) field.value = values[name] ?? '';
      fill(
        chips,
        Object.entries(current).map(([name, value]) =>
          chipOf(name, value, () => {
            change({ ...current, [name]: '' });
          }),
        ),
      );
      chips.hidden = Object.keys(current).length === 0;
    },
  };
}

/** @param {import('./filters.js').Filter} filter */
function fieldOf({ name, hint = '', choices, isNumber }) {
  if (choices === undefined)
    return h('input', {
      ...{ id: `filter-${name}`, name, placeholder: hint, autocomplete: 'off', spellcheck: 'false' },
      ...(isNumber && { inputmode: 'numeric', pattern: '[0-9]*' }),
    });
  const options = choices.map((choice) => h('option', { value: choice }, choice));
  return h('select', { id: `filter-${name}`, name }, h('option', { value: '' }, 'any'), options);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {() => void} onRemove
 */
function chipOf(name, value, onRemove) {
  const label = name === 'text' ? 'Words' : labelOf(name);
  const button = { type: 'button', class: 'chip-remove', 'aria-label': `Remove ${label}`, onclick: onRemove };
  return h(
    'li',
    { class: 'chip' },
    h('span', { class: 'muted' }, label),
    h('b', {}, shortText(value, 60)),
    h('button', button, '×'),
  );
}
