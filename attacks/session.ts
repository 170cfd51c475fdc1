import { Readable } from 'node:stream';
import type { ConnectionOptions } from 'mysql2';
import { Command } from '../src/wire/constants.js';
import type { Answer, Sight } from './answer.js';
import type { Arena } from './arena.js';
import type { Attack } from './attack.js';
import { loginOptions } from './attack-server.js';
import { runCall } from './driver-call.js';
import { ask, watchPackets } from './driver-statement.js';
import { RAW_ATTACKS } from './raw/raw-kinds.js';
import { AnswerReader } from './raw/read-answer.js';
import type { Way } from './way.js';
import { queryPrefix, writeCommand } from './raw/packet-channel.js';

/** The session of an attack. */
export interface AttackSession {
  readonly threadId: number;
  /** Runs the attack, going on after errors. @returns the answers in order */
  attack(): Promise<Answer[]>;
  /** Runs a statement as the trusted wrapper. */
  wrapper(sql: string): Promise<Answer>;
  close(): void;
}

/** What a session is opened with. */
export interface SessionOptions {
  readonly attack: Attack;
  readonly arena: Arena;
  readonly way: Way;
  readonly sight: Sight;
  /** Thread of a session that is not the attack's. */
  readonly victim: number;
}

/** Opens the session that an attack needs. */
export function openSession(options: SessionOptions): Promise<AttackSession> {
  return options.attack.via === 'raw' ? openRawSession(options) : openDriverSession(options);
}

async function openDriverSession({ attack, arena, way, sight }: SessionOptions): Promise<AttackSession> {
  const options = {
    ...loginOptions(arena.server.database),
    database: arena.schemaName,
    multipleStatements: attack.via === 'multi',
    ...(attack.charset !== undefined && { charset: attack.charset }),
  } as ConnectionOptions;
  const connection = await way.connect(attack, options);
  watchPackets(connection, sight);
  const { local_infile: file } = attack;
  const infileStreamFactory = file === undefined ? undefined : () => Readable.from([Buffer.from(file)]);
  const statement = (sql: string) => ({ sql, values: attack.params, infileStreamFactory });
  return {
    threadId: connection.threadId ?? 0,
    async attack(): Promise<Answer[]> {
      if (attack.via === 'driver') return runCall({ attack, connection, sight, knex: () => way.knex(attack, options) });
      const answers: Answer[] = [];
      for (const text of textsOf(attack, arena)) {
        answers.push(await ask(connection, attack.via === 'execute' ? 'execute' : 'query', statement(text), sight));
      }
      return answers;
    },
    wrapper: (sql) => way.asWrapper(() => ask(connection, 'query', { sql: arena.fill(sql) }, undefined)),
    close: () => {
      connection.destroy();
    },
  };
}

async function openRawSession(options: SessionOptions): Promise<AttackSession> {
  const { attack, arena, way, sight, victim } = options;
  const { database } = arena.server;
  const { raw } = attack;
  if (raw === undefined) throw new Error(`attack ${attack.id} has no packets`);
  const kind = RAW_ATTACKS[raw.kind];
  const { user, password } = database;
  const login = { user, password, database: arena.schemaName, ...kind.login?.(raw) };
  const channel = await way.channel(attack, database, login);
  const reader = new AnswerReader(channel, sight);
  const wrapper = (sql: string): Promise<Answer> =>
    way.asWrapper(() => {
      writeCommand(channel, Command.QUERY, queryPrefix(channel), arena.fill(sql));
      return reader.results();
    });
  return {
    threadId: channel.threadId,
    attack: () => kind.run({ channel, reader, login, raw, texts: textsOf(attack, arena), victim, wrapper }),
    wrapper,
    close: () => {
      channel.close();
    },
  };
}

function textsOf(attack: Attack, arena: Arena): readonly string[] {
  return attack.attack.map((text) => arena.fill(text) + attack.append_tag);
}
