/** A piece of a text in UTF-16 code units: `start` is in it, `end` is not. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span with the name that stands in its place. */
export interface NamedSpan extends Span {
  readonly name: string;
}

/**
 * Puts `[name]` in the place of each span. Spans that overlap become one, so that no part of any is left; the longest names it, or the
 * earliest of several.
 * @param found - in any order, within the text
 */
export function replaceSpans(text: string, found: readonly NamedSpan[]): string {
  if (found.length === 0) return text;
  let replaced = '';
  let from = 0;
  for (const { start, end, name } of joined(found)) {
    replaced += `${text.slice(from, start)}[${name}]`;
    from = end;
  }
  return replaced + text.slice(from);
}

function joined(found: readonly NamedSpan[]): readonly NamedSpan[] {
  const inOrder = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const groups: NamedSpan[] = [];
  let longest = 0;
  for (const span of inOrder) {
    const last = groups.at(-1);
    const length = span.end - span.start;
    if (last === undefined || span.start >= last.end) {
      groups.push(span);
      longest = length;
      continue;
    }
    const name = length > longest ? span.name : last.name;
    longest = Math.max(longest, length);
    groups[groups.length - 1] = { start: last.start, end: Math.max(last.end, span.end), name };
  }
  return groups;
}
