import type { Attack } from '../../attacks/attack.js';
import type { Random } from '../fuzz/random.js';

/** What a text is made of: strings, quoted names, words, white space, and single characters. A scanner of its own: not the one that is tried. */
const PART = /'(?:[^']|'')*'|`[^`]*`|@*[A-Za-z_][\w$]*|[0-9][\w.]*|\s+|./gsu;
/** Whoever writes one of these attacks the lexer already: what stands in such a text is left as it is. */
const DELICATE = /\/\*|--|#|\\|"|\$|[^\x20-\x7e]/;

const BLANKS = [
  ' ',
  '  ',
  '\n',
  '\t',
  '\r\n',
  '\f',
  '\v',
  '/**/',
  ' /* x */ ',
  "/*'*/",
  '/*;*/',
  ' -- x\n',
  ' #x\n',
  '\n--\t\n',
];
const BEGINNINGS = ['', '', ' ', '\n\t', '/* x */', '-- x\n', '# `\n', "/*'*/ "];
const ENDS = ['', '', ' ', ' ;', '-- ', ' #', '/* x */', '\n'];
const KEYWORDS = new Set(
  (
    'select from where and or not null is in exists union all insert into values replace update set delete join on left limit order by group having ' +
    'create alter drop truncate table view as call do show explain describe analyze with recursive for share lock mode begin commit rollback start ' +
    'transaction load data infile local outfile dumpfile grant revoke to user rename flush kill set global session prepare execute immediate handler open ' +
    'read write optimize repair check purge reset use database index trigger procedure function event case when then else end between like'
  ).split(' '),
);
const NAMES = new Set([
  'customers',
  'orders',
  'id',
  'name',
  'email',
  'ssn',
  'card',
  'balance',
  'total',
  'note',
  'customer_id',
]);

/** Writes an attack otherwise, so that it means the same to the server. */
export function mutate(attack: Attack, random: Random): Attack {
  return { ...attack, attack: attack.attack.map((sql) => mutateText(sql, random)) };
}

function mutateText(sql: string, random: Random): string {
  const parts = DELICATE.test(sql) ? [sql] : (sql.match(PART) ?? []);
  const written = parts.map((part, index) => mutatePart(parts, part, index, random)).join('');
  // Behind a semicolon there is another statement, or nothing.
  const end = /[;\s]$/.test(sql) || DELICATE.test(sql) ? '' : random.pick(ENDS);
  return `${random.pick(BEGINNINGS)}${written}${end}`;
}

function mutatePart(parts: readonly string[], part: string, index: number, random: Random): string {
  const next = parts[index + 1];
  if (/^\s+$/.test(part)) return next === '(' ? part : random.pick(BLANKS);
  const folded = part.toLowerCase();
  if (NAMES.has(folded) && next !== '(' && random.once(3)) return `\`${part}\``;
  if (KEYWORDS.has(folded)) {
    // Comments that every server of today runs.
    if (random.once(40)) return `/*!40000 ${part} */`;
    return [...part].map((letter) => (random.once(2) ? letter.toUpperCase() : letter.toLowerCase())).join('');
  }
  return part;
}
