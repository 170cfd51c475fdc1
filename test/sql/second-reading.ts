import { CanonicalWriter, KEY_PREFIX } from '../../src/sql/canonical/canonical-writer.js';
import { readTokens } from '../../src/sql/canonical/token.js';
import { askSecond, standingAlone } from '../../src/sql/second-parser/agreement.js';
import { type ParserInput, parserInput } from '../../src/sql/tree/parser-text.js';
import type { TreeReading } from '../../src/sql/tree/tree-reading.js';
import { ScopeTable } from '../../src/sql/analysis-scope.js';
import { WorkBudget } from '../../src/sql/work-budget.js';

const writer = new CanonicalWriter(65_536);
const { rules } = new ScopeTable(1).intern({ flavour: 'mysql', version: 80036 }, 'shop', '');

/** A statement as the parsers get it. */
export function inputOf(sql: string): ParserInput {
  const bytes = Buffer.from(sql);
  const problem = writer.write(bytes, 0, bytes.length, rules);
  if (problem !== undefined) throw new Error(`${sql}: ${problem}`);
  return parserInput(readTokens(writer.buffer.toString('utf8', KEY_PREFIX, writer.length)));
}

/** What the second parser says in a session on the schema `shop`. */
export function readingOf(sql: string): TreeReading | undefined {
  return askSecond(inputOf(sql), { namespace: 'shop', budget: new WorkBudget() }).reading;
}

/** What is taken from the second parser alone. */
export function readAlone(sql: string): TreeReading | undefined {
  return standingAlone(inputOf(sql), readingOf(sql));
}
