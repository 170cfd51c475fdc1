/**
 * `npm run demo:orms -- kysely`: query builders and ORMs, governed, each in a program of its own in this folder; without a name, one after another. Ends by itself, and leaves
 * nothing behind.
 *
 * @module
 */
import { type AuditRecord, createGovernor, maskColumn, type StatementRecord } from 'countersign';
import { tail } from '../demo/collector-process.js';
import { heading, say, step } from '../demo/screen.js';
import { signIn } from '../demo/sign-in.js';
import { auditOf, COLLECTOR_TOKEN, play, setUp, untilDelivered, whenOver } from '../demo/stage.js';
import type { OrmStage } from './stage.js';

/** Which all of them work on. */
const TASK = 'SUP-1042';

interface Program {
  readonly default: (stage: OrmStage) => Promise<void>;
}

const programs: Readonly<Record<string, () => Promise<Program>>> = {
  knex: () => import('./knex.js'),
  kysely: () => import('./kysely.js'),
  drizzle: () => import('./drizzle.js'),
  typeorm: () => import('./typeorm.js'),
  sequelize: () => import('./sequelize.js'),
  'mikro-orm': () => import('./mikro-orm.js'),
  prisma: () => import('./prisma.js'),
};

async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const names = named.length > 0 ? named : Object.keys(programs);
  const unknown = names.find((name) => !(name in programs));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${Object.keys(programs).join(', ')}`);

  const stage = await setUp();
  const { schema, agents, collector } = stage;
  const governor = await createGovernor({
    identity: await signIn(agents.credentials('report-agent')),
    masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
    audit: auditOf(stage),
  });
  whenOver(() => governor.close());
  const agent = await signIn(agents.credentials('support-agent'));
  for (const name of names) {
    heading(name);
    const program = await programs[name]?.();
    await program?.default({ ...stage, governor, agent });
  }

  await untilDelivered(governor);

  heading('What the collector knows');
  const ofTask = ['--task', TASK];
  step(`countersign tail --url ${collector.url} ${ofTask.join(' ')}`);
  say();
  process.stdout.write(await tail(collector.url, COLLECTOR_TOKEN, ...ofTask));
  const lines = (await tail(collector.url, COLLECTOR_TOKEN, ...ofTask, '--json')).trim().split('\n');
  const records = lines
    .map((line) => JSON.parse(line) as AuditRecord)
    .filter((record): record is StatementRecord => record.type === 'statement');
  const masked = records.filter(({ outcome }) => outcome.masked !== undefined);
  const denied = records.filter(({ outcome, statement }) => outcome.status === 'denied' && statement.text !== '');
  if (masked.length !== names.length || denied.length !== names.length) {
    throw new Error(`${names.length} programs: ${masked.length} masked, ${denied.length} denied`);
  }
}

await play(main);
