/** Attacks that use the driver's own interface: the file has the call as text. */
import { EventEmitter, once } from 'node:events';
import { createContext, runInContext } from 'node:vm';
import type { Knex } from 'knex';
import type { Connection } from 'mysql2';
import { type Answer, OK_ANSWER, type Sight } from './answer.js';
import type { Attack } from './attack.js';
import { ask, refusedBy } from './driver-statement.js';

/** What a call may use. */
export interface CallContext {
  readonly attack: Attack;
  readonly connection: Connection;
  readonly sight: Sight;
  readonly knex: () => Promise<Knex>;
}

/**
 * Evaluates a call with `conn`, a core connection, `knex`, and `leak`, which shows a value to the attack's sight. Where it gives a
 * connection, the attack's statements run on that. Files of attacks are programs: run only those that you trust.
 */
export async function runCall(context: CallContext): Promise<Answer[]> {
  const { attack, connection, sight } = context;
  const knex = attack.call.startsWith('knex') ? await context.knex() : undefined;
  const leak = (value: unknown): void => {
    sight.add(value ?? null);
  };
  try {
    const result: unknown = runInContext(attack.call, createContext({ conn: connection, knex, leak }));
    if (!(result instanceof Promise)) return [await commandAnswer(result, sight)];
    const value: unknown = await result;
    return isConnection(value) ? await runOn(value, attack.attack, sight) : [shown(value, sight)];
  } catch (error) {
    return [refusedBy(error, sight)];
  } finally {
    await knex?.destroy();
  }
}

function isConnection(value: unknown): value is Connection {
  return value instanceof EventEmitter && 'query' in value && 'destroy' in value;
}

async function runOn(connection: Connection, texts: readonly string[], sight: Sight): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const sql of texts) answers.push(await ask(connection, 'query', { sql }, sight));
  connection.destroy();
  return answers;
}

/** Waits for a command of mysql2 that was queued. */
async function commandAnswer(command: unknown, sight: Sight): Promise<Answer> {
  if (!(command instanceof EventEmitter)) return shown(command, sight);
  let answer = OK_ANSWER;
  command.on('error', (error: unknown) => {
    answer = refusedBy(error, sight);
  });
  for (const event of ['result', 'fields']) {
    command.on(event, (value: unknown) => {
      sight.add(value ?? null);
    });
  }
  await once(command, 'end').catch(() => undefined);
  return answer;
}

function shown(value: unknown, sight: Sight): Answer {
  sight.add(value ?? null);
  return OK_ANSWER;
}
