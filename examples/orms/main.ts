/**
 * `npm run demo:orms -- kysely`: query builders and ORMs, governed, each in a program of its own in this folder; without a name, one after another. Ends by itself, and leaves
 * nothing behind.
 *
 * @module
 */
import { createGovernor, maskColumn } from 'countersign';
import { showTail } from '../stage/collector-process.js';
import { play, whenOver } from '../stage/play.js';
import { heading } from '../stage/screen.js';
import { signIn } from '../stage/sign-in.js';
import { auditOf, setUp, untilDelivered } from '../stage/stage.js';
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
  const records = await showTail(collector, '--task', TASK);
  const masked = records.filter(({ outcome }) => outcome.masked !== undefined);
  const denied = records.filter(({ outcome, statement }) => outcome.status === 'denied' && statement.text !== '');
  if (masked.length !== names.length || denied.length !== names.length) {
    throw new Error(`${names.length} programs: ${masked.length} masked, ${denied.length} denied`);
  }
}

await play(main);
