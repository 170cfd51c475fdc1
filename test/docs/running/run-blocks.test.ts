import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { codeBlocksOf, documentedBlocks } from '../code-blocks.js';
import { runBlocks } from './run-blocks.js';
import { type BlockStage, startBlockStage } from './stage.js';

const isProgram = ({ language }: { readonly language: string }): boolean => language === 'ts' || language === 'js';

/** The statements that the collector has of a task. */
async function statementsOf({ collectorUrl, collectorToken }: BlockStage, task: string): Promise<readonly string[]> {
  const answer = await fetch(`${collectorUrl}/v1/records?task=${task}&order=asc`, {
    headers: { authorization: `Bearer ${collectorToken}` },
  });
  const { records } = (await answer.json()) as {
    readonly records: readonly { readonly statement?: { readonly text: string } }[];
  };
  return records.flatMap(({ statement }) => (statement === undefined ? [] : [statement.text]));
}

it('all code in the docs runs', { timeout: 120_000 }, async () => {
  const blocks = documentedBlocks();
  const stage = await startBlockStage(inject('database'));
  const policy = blocks.find(
    ({ language, text }) => language === 'yaml' && /^version:.*^extends: bounded/ms.test(text),
  );
  writeFileSync(join(stage.directory, 'policy.yaml'), policy?.text ?? '');
  const { results, complaints } = await runBlocks(stage, blocks.filter(isProgram));
  const failed = [...results].flatMap(([{ file, line }, problem]) =>
    problem === undefined ? [] : [`${file}:${line} ${problem}`],
  );
  expect(failed).toEqual([]);
  // A connection may be lost, and is made again; what a collector does not take is wrong in a page.
  expect(complaints).not.toMatch(/ answered \d/);
  expect(results.size).toBeGreaterThan(30);
  // What the pages do to a database is in the record.
  await expect.poll(() => statementsOf(stage, 'SUP-1042')).toContain('DELETE FROM customers');
  await expect.poll(() => statementsOf(stage, 'OPS-77')).toContain('UPDATE orders SET status = ? WHERE id = ?');
});

it('code that fails is found, and what follows runs', { timeout: 60_000 }, async () => {
  const page = [
    "```ts\nimport { maskColumn } from 'countersign';\n\nmaskColumn('customers', 'email');\n```",
    "```ts\nawait pool.query('SELECT 1 AS one');\n```",
    "```ts\nvoid Promise.reject(new Error('nobody waits for it'));\nawait new Promise((resolve) => setTimeout(resolve, 10));\n```",
    '```ts\nlisteners: [{ port: 3306, upstream: "nowhere" }],\n```',
  ].join('\n\n');
  const { results } = await runBlocks(await startBlockStage(inject('database')), codeBlocksOf('page.md', page));
  expect([...results.values()].map((problem) => problem?.split('\n')[0])).toEqual([
    expect.stringContaining('customers') as string,
    undefined,
    'Error: nobody waits for it',
    expect.stringContaining('nowhere') as string,
  ]);
});
