import { isName, isOneOf, type Token } from '../canonical/token.js';
import { TokenCursor } from '../canonical/token-cursor.js';

/** A statement or an expression of a routine's body. */
export interface RoutinePart {
  readonly kind: 'statement' | 'expression';
  readonly tokens: readonly Token[];
  /** Those that it sees, lower case: parameters, and what is declared before it in the blocks around it. */
  readonly variables: ReadonlySet<string>;
}

/** Deepest nesting of blocks. */
const MAX_DEPTH = 64;
/** Most variables that are declared. */
const MAX_VARIABLES = 1_000;

/**
 * Takes the body of a routine or trigger apart: every statement and every expression in it, whatever leads there.
 * @param parameters lower case
 * @throws DenialError `STATEMENT_UNKNOWN`
 * @see https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html
 */
export function routineParts(body: readonly Token[], parameters: readonly string[]): readonly RoutinePart[] {
  const cursor = new TokenCursor(body);
  const reader = new BodyReader(cursor, parameters);
  reader.statement(0);
  cursor.accept(';');
  cursor.expectEnd();
  return reader.parts;
}

class BodyReader {
  /** In order of the text. */
  readonly parts: RoutinePart[] = [];
  readonly #cursor: TokenCursor;
  /** Of the place that is read: never changed, since parts keep them. */
  #variables: ReadonlySet<string>;
  #declared = 0;

  constructor(cursor: TokenCursor, parameters: readonly string[]) {
    this.#cursor = cursor;
    this.#variables = new Set(parameters);
  }

  statement(depth: number): void {
    const cursor = this.#cursor;
    if (depth > MAX_DEPTH) cursor.refuse('blocks that nest less deeply');
    this.#label();
    if (cursor.accept('BEGIN')) this.#block(depth);
    else if (cursor.accept('IF')) this.#if(depth);
    else if (cursor.accept('CASE')) this.#case(depth);
    else if (cursor.accept('WHILE')) {
      this.#expression('DO');
      cursor.expect('DO');
      this.#statements(depth, 'END');
      this.#end('WHILE');
    } else if (cursor.accept('REPEAT')) {
      this.#statements(depth, 'UNTIL');
      cursor.expect('UNTIL');
      this.#expression('END');
      this.#end('REPEAT');
    } else if (cursor.sees('FOR')) {
      // MariaDB's loop over a range or rows. What its variable is to the statements inside is not known: it is a part that nobody understands.
      this.#part('statement', this.#taken('DO'));
      cursor.expect('DO');
      this.#statements(depth, 'END');
      this.#end('FOR');
    } else if (cursor.accept('LOOP')) {
      this.#statements(depth, 'END');
      this.#end('LOOP');
    } else if (cursor.accept('DECLARE')) this.#declaration(depth);
    else if (cursor.accept('RETURN')) this.#expression(';');
    else if (cursor.sees('SET')) this.#set();
    else this.#simple();
  }

  /** The label in front of a block or loop. */
  #label(): void {
    if (!isName(this.#cursor.peek()) || this.#cursor.peek(1)?.text !== ':') return;
    this.#cursor.take();
    this.#cursor.take();
  }

  #block(depth: number): void {
    if (this.#cursor.accept('NOT')) this.#cursor.expect('ATOMIC');
    const around = this.#variables;
    this.#statements(depth, 'END');
    this.#variables = around;
    this.#cursor.expect('END');
    this.#endLabel();
  }

  #statements(depth: number, ...ends: readonly string[]): void {
    while (!ends.some((end) => this.#cursor.sees(end))) {
      if (this.#cursor.isDone) this.#cursor.refuse(ends.join(' or '));
      this.statement(depth + 1);
      this.#cursor.expect(';');
    }
  }

  #end(what: string): void {
    this.#cursor.expect('END', what);
    this.#endLabel();
  }

  #endLabel(): void {
    if (isName(this.#cursor.peek())) this.#cursor.take();
  }

  #if(depth: number): void {
    const cursor = this.#cursor;
    do {
      this.#expression('THEN');
      cursor.expect('THEN');
      this.#statements(depth, 'ELSEIF', 'ELSE', 'END');
    } while (cursor.accept('ELSEIF'));
    if (cursor.accept('ELSE')) this.#statements(depth, 'END');
    cursor.expect('END', 'IF');
  }

  #case(depth: number): void {
    const cursor = this.#cursor;
    if (!cursor.sees('WHEN')) this.#expression('WHEN');
    while (cursor.accept('WHEN')) {
      this.#expression('THEN');
      cursor.expect('THEN');
      this.#statements(depth, 'WHEN', 'ELSE', 'END');
    }
    if (cursor.accept('ELSE')) this.#statements(depth, 'END');
    cursor.expect('END', 'CASE');
  }

  #declaration(depth: number): void {
    const cursor = this.#cursor;
    if (cursor.acceptOneOf('CONTINUE', 'EXIT', 'UNDO') !== undefined) {
      cursor.expect('HANDLER', 'FOR');
      this.#conditions();
      this.statement(depth + 1);
      return;
    }
    const names = [cursor.name()];
    while (cursor.accept(',')) names.push(cursor.name());
    if (cursor.accept('CURSOR')) {
      cursor.expect('FOR');
      this.#simple();
    } else if (cursor.accept('CONDITION')) this.#upTo(';');
    else {
      this.#upTo('DEFAULT', ';');
      // It does not see what it is the default of.
      if (cursor.accept('DEFAULT')) this.#expression(';');
      this.#declare(names);
    }
  }

  #declare(names: readonly string[]): void {
    this.#declared += names.length;
    if (this.#declared > MAX_VARIABLES) this.#cursor.refuse('fewer variables');
    this.#variables = new Set([...this.#variables, ...names.map((name) => name.toLowerCase())]);
  }

  #part(kind: RoutinePart['kind'], tokens: readonly Token[]): void {
    this.parts.push({ kind, tokens, variables: this.#variables });
  }

  /** What a handler is for: SQLSTATE, an error number, a name, or a class of conditions. */
  #conditions(): void {
    const cursor = this.#cursor;
    do {
      if (cursor.accept('NOT', 'FOUND')) continue;
      if (cursor.accept('SQLSTATE')) cursor.accept('VALUE');
      if (cursor.peek()?.kind === 'literal') cursor.take();
      else cursor.name();
    } while (cursor.accept(','));
  }

  /** Assignments to variables and columns of the row evaluate expressions; every other SET is a statement. */
  #set(): void {
    const cursor = this.#cursor;
    const tokens = this.#taken(';');
    const items = splitAtCommas(tokens.slice(1));
    const values = items.map((item) => assignedValue(item, this.#variables));
    if (values.every((value) => value !== undefined)) for (const value of values) this.#part('expression', value);
    else this.#part('statement', tokens);
    if (tokens.length < 2) cursor.refuse('what is set');
  }

  #simple(): void {
    const tokens = this.#taken(';');
    if (tokens.length === 0) this.#cursor.refuse('a statement');
    // MariaDB's cursors may have arguments, which are expressions.
    const isHarmless = isOneOf(tokens[0], ...HARMLESS) && !tokens.some(({ upper }) => upper === '(');
    if (!isHarmless) this.#part('statement', tokens);
  }

  #expression(end: string): void {
    const tokens = this.#taken(end);
    if (tokens.length === 0) this.#cursor.refuse('an expression');
    this.#part('expression', tokens);
  }

  #upTo(...ends: readonly string[]): void {
    this.#taken(...ends);
  }

  /**
   * The tokens up to one of these words, which is in no parenthesis and no CASE of an expression. A semicolon always ends them. Where some
   * END is none of a CASE it may be a column, and one of the others too: then nobody knows where the expression ends.
   */
  #taken(...ends: readonly string[]): readonly Token[] {
    const tokens: Token[] = [];
    let depth = 0;
    for (let token = this.#cursor.peek(); token !== undefined; token = this.#cursor.peek()) {
      if (depth === 0 && isOneOf(token, ';', ...ends)) return tokens;
      if (token.upper === ';') this.#cursor.refuse('an END for each CASE');
      if (isOneOf(token, '(', 'CASE')) depth += 1;
      else if (isOneOf(token, ')', 'END')) depth -= 1;
      tokens.push(token);
      this.#cursor.take();
    }
    return tokens;
  }
}

/** Statements about the flow of the routine, its cursors and conditions: no query can stand in them. */
const HARMLESS: readonly string[] = [...['LEAVE', 'ITERATE', 'OPEN', 'FETCH', 'CLOSE', 'SIGNAL', 'RESIGNAL', 'GET']];

function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.upper === '(') depth += 1;
    else if (token.upper === ')') depth -= 1;
    if (depth === 0 && token.upper === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** What a variable of the routine or the session, or NEW.column, is set to; undefined where it is something else that is set. */
function assignedValue(item: readonly Token[], variables: ReadonlySet<string>): readonly Token[] | undefined {
  const [first, second] = item;
  const isOfRow = isOneOf(first, 'NEW') && second?.text === '.';
  const isOfSession = first?.kind === 'variable' && !first.text.startsWith('@@');
  const isOfRoutine = isName(first) && variables.has(first.value.toLowerCase());
  const at = isOfRow ? 3 : 1;
  if (!(isOfRow || isOfSession || isOfRoutine) || !isOneOf(item[at], '=', ':=')) return undefined;
  return item.length > at + 1 ? item.slice(at + 1) : undefined;
}
