import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, type TestContext } from 'vitest';
import type { AuditRecord, StatementRecord } from '../../src/audit/index.js';
import { run, type RunResult } from '../database/run.js';
import { createSchema, type TestSchema } from '../database/schema.js';
import { type Agents, startAgents } from '../governed/agents.js';
import { type Consumer, makeConsumer, manifest } from './consumer.js';
import { type NodeBinary, nodeBinary } from './node-binary.js';
import { typeErrors } from './type-errors.js';

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));
/** The oldest that the package takes, and those after it that are kept up. */
const MAJORS = [20, 22, 24];
const names = Object.keys(manifest.exports).map((path) => `countersign${path.slice(1)}`);
const modules = names.filter((name) => !name.endsWith('.json'));

let consumer: Consumer;
let schema: TestSchema;
let agents: Agents;
beforeAll(async () => {
  const packages = [...Object.keys(manifest.peerDependencies), '@types/node'];
  consumer = await makeConsumer({ packages, options: ['--prefer-offline'] });
  for (const name of await readdir(PROGRAMS)) await copyFile(join(PROGRAMS, name), join(consumer.path, name));
  const table = ['CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1), (2)'];
  [schema, agents] = await Promise.all([createSchema(inject('database'), table), startAgents()]);
});
afterAll(async () => {
  await agents.stop();
  await schema.drop();
  await consumer.close();
});

/** Runs a Node.js in the consumer's folder, or skips the test, since there is none. */
async function runNode(
  { skip }: TestContext,
  binary: NodeBinary,
  args: readonly string[],
  records = 'none.jsonl',
): Promise<RunResult> {
  if ('why' in binary) return skip(binary.why);
  const env = {
    AGENT: JSON.stringify(agents.credentials('anna')),
    CONNECTION: JSON.stringify(schema.connection),
    RECORDS: join(consumer.path, records),
  };
  return run(binary.path, args, { cwd: consumer.path, env });
}

async function statementsOf(records: string): Promise<StatementRecord[]> {
  const lines = (await readFile(join(consumer.path, records), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as AuditRecord).filter((record) => record.type === 'statement');
}

/** What a program printed of the names of each export. */
const namesIn = ({ output }: RunResult): Record<string, unknown> => {
  const found = JSON.parse(output) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(found).map(([name, exported]) => [
      name,
      // Node adds a mark to a module with a default export that is required.
      Array.isArray(exported) ? exported.filter((one) => one !== '__esModule').sort() : exported,
    ]),
  );
};

describe.each(MAJORS)('the package, installed, on Node.js %i', (major) => {
  let binary: NodeBinary;
  beforeAll(async () => {
    binary = await nodeBinary(major);
  });

  it('gives every export to import and to require', async (context) => {
    const imported = namesIn(await runNode(context, binary, ['exports.mjs', ...names]));
    for (const name of names) {
      if (name !== 'countersign/register') expect(imported[name], name).not.toEqual([]);
    }
    const required = namesIn(await runNode(context, binary, ['exports.cjs', ...names]));
    // It waits for the governor before the program starts, which `--import` does, and `require` cannot.
    expect(required).toEqual({ ...imported, 'countersign/register': 'ERR_REQUIRE_ASYNC_MODULE' });
  });

  it('has a command that tells of itself', async (context) => {
    const command = join('node_modules', '.bin', 'countersign');
    const { ok, output } = await runNode(context, binary, [command, '--help']);
    expect([ok, output]).toEqual([true, expect.stringMatching(/^Usage: countersign [^]* collector [^]* proxy /)]);
    const version = await runNode(context, binary, [command, '--version']);
    expect(version).toEqual({ ok: true, output: `${manifest.version}\n` });
  });

  it.for([
    ['an ES module', ['statement.mjs']],
    ['a CommonJS program', ['--import', 'countersign/register', 'statement.cjs']],
  ] as const)('governs the statements of %s, and records them', async ([, args], context) => {
    const records = `${major}-${args.length}.jsonl`;
    const { output } = await runNode(context, binary, args, records);
    expect(output).toBe('2 1227\n');
    const who = { agent: { subject: 'agent-anna' }, task: { id: 'OPS-77' } };
    expect(await statementsOf(records)).toMatchObject([
      { ...who, statement: { text: 'SELECT id FROM t WHERE id > 0' }, outcome: { status: 'ok', rows: 2 } },
      { ...who, statement: { text: 'DELETE FROM t' }, verdict: { rule: 'no-unbounded-writes' } },
    ]);
  });
});

describe('the types of the package, installed', () => {
  const imported = modules.map(
    (name, at) => `import * as module${at} from '${name}';\nexport const given${at} = module${at};`,
  );
  const required = modules.map((name, at) => `import module${at} = require('${name}');\nmodule${at};`);
  const json = names
    .filter((name) => name.endsWith('.json'))
    .map(
      (name, at) =>
        `import json${at} from '${name}' with { type: 'json' };\nexport const data${at}: object = json${at};`,
    );

  const wrong = [
    "import { maskColumn } from 'countersign';",
    "import { govern } from 'countersign/mysql2';",
    "maskColumn('shop.customers.email', 'emial');",
    'govern(1, 2);',
  ];

  it('are those of every export for a strict program with nodenext, an ES module or not', async () => {
    const sources = {
      'all.mts': [...imported, ...json].join('\n'),
      'all.cts': required.join('\n'),
      'wrong.mts': wrong.join('\n'),
    };
    expect(await typeErrors(consumer.path, sources, 'nodenext')).toEqual([
      expect.stringMatching(/^wrong\.mts\(3,.*emial/),
      expect.stringMatching(/^wrong\.mts\(4,/),
    ]);
  }, 60_000);

  it('are those of every export for a strict program that is bundled', async () => {
    const sources = { 'bundled.ts': [...imported, ...json].join('\n') };
    expect(await typeErrors(consumer.path, sources, 'bundler')).toEqual([]);
  }, 60_000);
});
