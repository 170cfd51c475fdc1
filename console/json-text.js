// @ts-check

const PART = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Puts JSON on lines, token by token: to parse it and write it again would change numbers that are too long, and drop members that come twice.
 * @param {string} json
 */
export function indentedJson(json) {
  let depth = 0;
  let result = '';
  let before = '';
  for (const [part] of json.matchAll(PART)) {
    const isEnd = part === '}' || part === ']';
    if (isEnd) depth = Math.max(0, depth - 1);
    const isFirst = before === '{' || before === '[';
    if (isEnd ? !isFirst : isFirst || before === ',') result += `\n${'  '.repeat(depth)}`;
    result += part === ':' ? ': ' : part;
    if (part === '{' || part === '[') depth += 1;
    before = part;
  }
  return result;
}
