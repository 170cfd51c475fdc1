/** Reads statements out of the scripts of MariaDB's and MySQL's own test suites. */
import { isCommand, takesSql, takesText } from './mysqltest-commands.js';

/** One statement of a script. */
export interface ScriptStatement {
  readonly sql: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/**
 * The statements of a script in the language of `mysqltest`: comments, commands with and without `--`, delimiters, blocks and quotes as that
 * program reads them. What it would evaluate first (`eval … $name`) is left out.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_MYSQL_TEST_RUN.html
 */
export function readMysqltest(script: string): readonly ScriptStatement[] {
  return new ScriptReader(script).read();
}

class ScriptReader {
  readonly #script: string;
  readonly #statements: ScriptStatement[] = [];
  #at = 0;
  #line = 1;
  #lineCountedTo = 0;
  #delimiter = ';';

  constructor(script: string) {
    this.#script = script;
  }

  read(): readonly ScriptStatement[] {
    for (;;) {
      this.#skip(/[\s{}]*/y);
      if (this.#at >= this.#script.length) return this.#statements;
      const start = this.#at;
      if (this.#script[start] === '#') this.#skip(/[^\n]*/y);
      else if (this.#script.startsWith('--', start)) this.#command(this.#skip(/[^\n]*/y).slice(2), start);
      else this.#command(this.#upToDelimiter(), start);
    }
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [text = ''] = pattern.exec(this.#script) ?? [];
    this.#at += text.length;
    return text;
  }

  #upToDelimiter(): string {
    const start = this.#at;
    let quote = '';
    for (; this.#at < this.#script.length; this.#at += 1) {
      const character = this.#script[this.#at] ?? '';
      if (quote !== '') {
        if (character === '\\') this.#at += 1;
        else if (character === quote) quote = '';
      } else if (this.#script.startsWith(this.#delimiter, this.#at)) {
        const text = this.#script.slice(start, this.#at);
        this.#at += this.#delimiter.length;
        return text;
      } else if (character === '{' && /^(?:if|while)\b/i.test(this.#script.slice(start, start + 6))) {
        return this.#script.slice(start, this.#at);
      } else if (`'"\``.includes(character)) quote = character;
    }
    return this.#script.slice(start);
  }

  #command(source: string, start: number): void {
    const text = source.trim();
    const [, word = '', rest = ''] = /^([a-z_]+)\b\s*([\s\S]*)$/i.exec(text) ?? [];
    const name = word.toLowerCase();
    if (name === 'delimiter') this.#delimiter = rest.trim() || this.#delimiter;
    else if (takesText(name)) this.#skipText(rest);
    else if (takesSql(name)) this.#add(rest, start, /\$\{?\w/);
    else if (!isCommand(name) && !this.#script.startsWith('--', start)) this.#add(text, start, /^\$/);
  }

  /** Lines up to one that is the terminator alone, which the command may name behind the file. */
  #skipText(rest: string): void {
    const terminator = /\s(\w+)\s*$/.exec(rest)?.[1] ?? 'EOF';
    const end = new RegExp(`^${terminator}\\s*$`, 'gm');
    end.lastIndex = this.#at;
    this.#at = end.exec(this.#script) === null ? this.#script.length : end.lastIndex;
  }

  #add(sql: string, start: number, unless: RegExp): void {
    if (sql === '' || unless.test(sql)) return;
    this.#line += this.#script.slice(this.#lineCountedTo, start).split('\n').length - 1;
    this.#lineCountedTo = start;
    this.#statements.push({ sql, line: this.#line });
  }
}
