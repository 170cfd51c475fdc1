/**
 * An application on knex, whose instance is governed: a policy of its own in YAML, a masked column, and a transaction that a refusal rolls back.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { createGovernor, loadPolicy, maskColumn, withTask } from 'countersign';
import { createKnex } from 'countersign/knex';
import { isRefused } from 'countersign/mysql2';
import { showTail } from '../stage/collector-process.js';
import { play, whenOver } from '../stage/play.js';
import { heading, paint, say } from '../stage/screen.js';
import { signIn } from '../stage/sign-in.js';
import { auditOf, setUp, untilDelivered } from '../stage/stage.js';
import { clearSmallOrders, closeSmallOrders, type CustomerOrder, ordersOf } from './orders.js';

function show(orders: readonly CustomerOrder[]): void {
  for (const { id, status, name, email } of orders) {
    say(`   ${paint('green', `${id} ${status} ${name} <${String(email)}>`)}`);
  }
}

/** What an application says where it may not. Other errors are its own. */
function tell(error: unknown): void {
  if (!isRefused(error)) throw error;
  say(`   ${paint('red', `refused by ${String(error.rule)}: ${error.refusal.reason}`)}`);
}

async function main(): Promise<void> {
  const stage = await setUp();
  const governor = await createGovernor({
    identity: await signIn(stage.agents.credentials('billing-agent')),
    policy: await loadPolicy(fileURLToPath(new URL('policy.yaml', import.meta.url))),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: auditOf(stage),
  });
  whenOver(() => governor.close());
  const db = createKnex({ client: 'mysql2', connection: { ...stage.schema.connection } }, governor);
  whenOver(() => db.destroy());

  heading('OPS-78 · Clear the small orders: a transaction that is refused half-way');
  await withTask('OPS-78', () => clearSmallOrders(db, 50).catch(tell));
  const after = await withTask('OPS-78', () => ordersOf(db, 'Oslo'));
  show(after);

  heading('OPS-79 · Close them');
  const closed = await withTask('OPS-79', () => closeSmallOrders(db, 50));
  show(await withTask('OPS-79', () => ordersOf(db, 'Oslo')));

  await untilDelivered(governor);
  const denied = (await showTail(stage.collector)).filter(({ outcome }) => outcome.status === 'denied');
  const asExpected = after[0]?.status === 'open' && closed === 1 && denied.length === 1;
  if (!asExpected) throw new Error('the example did not show what it should have');
}

await play(main);
