/** Reads the identity tag of a statement as the server got it, with a scanner of its own: the one in the product is on trial here. */

/** A comment outside of literals and other comments. */
interface TopComment {
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

// In this order: literals with both ways of escaping, then comments. Nested comments end where the server ends them.
const TOKENS =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|(?<comment>\/\*[\s\S]*?\*\/)|#[^\n]*|--(?=[\s\p{Cc}]|$)[^\n]*|;/gu;
const TAG = /\bagent\s*=\s*'(?<agent>[^']*)'/;
const STORED = /^\s*(?:\/\*[\s\S]*?\*\/\s*)*(?:CREATE|ALTER)\b/i;

/**
 * Why a statement does not carry exactly one authentic tag; undefined where it does.
 * @param agent the only agent whose tag is authentic
 */
export function tagProblem(statement: string, agent: string): string | undefined {
  const { comments, end } = scan(statement);
  const tags = comments.filter(({ text }) => TAG.test(text));
  const [tag] = tags;
  if (tag === undefined) return 'there is no tag';
  if (tags.length > 1) return `there are ${tags.length} tags`;
  if (TAG.exec(tag.text)?.groups?.['agent'] !== agent) return `the tag is forged: ${tag.text}`;
  if (tag.at > end) return 'the tag is a statement of its own';
  const isStored = STORED.test(statement) && statement.slice(0, tag.at).trim() !== '';
  return isStored ? 'the tag is stored in what is defined' : undefined;
}

function scan(statement: string): { comments: readonly TopComment[]; end: number } {
  const comments: TopComment[] = [];
  let end = Infinity;
  for (const match of statement.matchAll(TOKENS)) {
    if (match.groups?.['comment'] !== undefined) comments.push({ text: match[0], at: match.index });
    else if (match[0] === ';') end = Math.min(end, match.index);
  }
  return { comments, end };
}
