/** Collects the statements of files of several kinds. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Definition, definitionIn } from './definition.js';
import { readMysqltest } from './mysqltest-reader.js';

/** One distinct statement, with where it was first seen. */
export interface CorpusStatement {
  readonly sql: string;
  /** `file:line`. */
  readonly place: string;
  /** What the file defines. */
  readonly definitions: readonly Definition[];
  /** How many of the definitions stand before the statement. */
  readonly defined: number;
}

/** What was found in files. */
export interface Corpus {
  readonly files: number;
  /** Statements in all files, equal ones included. */
  readonly total: number;
  readonly distinct: readonly CorpusStatement[];
}

/**
 * Reads the statements of files and folders: JSON lines with `sql`, or text as mysqltest and the command line clients read it (`.test`, `.sql`).
 * A file that is not UTF-8 is left out.
 */
export function readCorpus(paths: readonly string[]): Corpus {
  const seen = new Map<string, CorpusStatement>();
  let total = 0;
  const files = paths.flatMap(filesIn);
  for (const file of files) {
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) continue;
    const definitions: Definition[] = [];
    for (const { sql, line } of readStatements(file, bytes.toString())) {
      total += 1;
      const key = sql.replaceAll(/\s+/g, ' ');
      const place = `${file}:${String(line)}`;
      if (!seen.has(key)) seen.set(key, { sql, place, definitions, defined: definitions.length });
      const definition = definitionIn(sql);
      if (definition !== undefined) definitions.push(definition);
    }
  }
  return { files: files.length, total, distinct: [...seen.values()] };
}

function readStatements(file: string, text: string): readonly { readonly sql: string; readonly line: number }[] {
  if (!/\.jsonl?$/.test(file)) return readMysqltest(text);
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { sql } = JSON.parse(line) as { readonly sql?: unknown };
    return typeof sql === 'string' ? [{ sql, line: index + 1 }] : [];
  });
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:test|sql|jsonl)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/**
 * A sample of `limit` statements, spread evenly: the same one each time.
 * @param limit at least 1
 */
export function sampleOf<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  return items.filter(
    (_, index) => Math.floor((index * limit) / items.length) !== Math.floor(((index - 1) * limit) / items.length),
  );
}
