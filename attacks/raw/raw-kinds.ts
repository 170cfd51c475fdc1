/** What each kind of hand-made packets does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Capability, Command, FieldType, MariadbCapability } from '../../src/wire/constants.js';
import { lengthEncodedSize, writeLengthEncoded } from '../../src/wire/length-encoded.js';
import { type Answer, OK_ANSWER } from '../answer.js';
import type { RawPackets } from '../attack.js';
import { authenticate, NO_PLUGIN } from './authenticate.js';
import type { RawKind } from './kind-names.js';
import { type ChannelLogin, command, type PacketChannel, queryPrefix, writeCommand } from './packet-channel.js';
import type { AnswerReader } from './read-answer.js';

/** What a kind works with. */
export interface RawContext {
  readonly channel: PacketChannel;
  readonly reader: AnswerReader;
  readonly login: ChannelLogin;
  readonly raw: RawPackets;
  /** The attack's texts. */
  readonly texts: readonly string[];
  /** Thread of a session that is not the attack's. */
  readonly victim: number;
  /** Runs a statement as the trusted wrapper. */
  readonly wrapper: (sql: string) => Promise<Answer>;
}

/** One kind: what its login needs, and what it sends. */
export interface RawAttack {
  readonly login?: (raw: RawPackets) => Partial<ChannelLogin>;
  /** @returns The answers of the attack, in order. */
  readonly run: (context: RawContext) => Promise<Answer[]>;
}

const ZERO = Buffer.from([0]);
const FETCH_ROWS = 100;
const MAX_EVENTS = 1_000;
const EXECUTE_ONCE = uint32(1);

async function query({ channel, reader }: RawContext, sql: string | Buffer): Promise<Answer> {
  writeCommand(channel, Command.QUERY, queryPrefix(channel), sql);
  return reader.results();
}

async function queries(context: RawContext, texts: readonly (string | Buffer)[] = context.texts): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const text of texts) answers.push(await query(context, text));
  return answers;
}

async function simple({ channel, reader }: RawContext, code: number, ...parts: (Buffer | string)[]): Promise<Answer[]> {
  writeCommand(channel, code, ...parts);
  return [await reader.simple()];
}

/** Prepares a statement, and does something with its id. */
async function prepared(
  context: RawContext,
  sql: string | undefined,
  use: (id: Buffer) => Promise<Answer[]>,
): Promise<Answer[]> {
  writeCommand(context.channel, Command.STMT_PREPARE, sql ?? '');
  const id = await context.reader.prepared();
  return typeof id === 'number' ? use(uint32(id)) : [id];
}

async function execute({ channel, reader }: RawContext, id: Buffer, ...rest: Buffer[]): Promise<Answer> {
  writeCommand(channel, Command.STMT_EXECUTE, id, ZERO, EXECUTE_ONCE, ...rest);
  return reader.results('binary');
}

/** The parameter block of one string; undefined where it was sent as long data. */
function oneString(value: string | undefined): Buffer {
  const head = Buffer.from([0, 1, value === undefined ? FieldType.BLOB : FieldType.VAR_STRING, 0]);
  return value === undefined ? head : Buffer.concat([head, lengthEncoded(value)]);
}

async function withQueryAttribute({ channel, reader, texts }: RawContext): Promise<Answer[]> {
  const answers: Answer[] = [];
  // One attribute, in one set, not null, with its type.
  const head = Buffer.from([1, 1, 0, 1, FieldType.VAR_STRING, 0]);
  for (const text of texts) {
    writeCommand(channel, Command.QUERY, head, lengthEncoded('note'), lengthEncoded('SELECT 1'), text);
    answers.push(await reader.results());
  }
  return answers;
}

async function pipeline({ channel, reader, texts }: RawContext): Promise<Answer[]> {
  channel.write(Buffer.concat(texts.map((text) => command(Command.QUERY, text))));
  const answers: Answer[] = [];
  while (answers.length < texts.length) answers.push(await reader.results());
  return answers;
}

async function dribble({ channel, reader, texts }: RawContext): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const text of texts) {
    for (const byte of command(Command.QUERY, text)) {
      channel.write(Buffer.from([byte]));
      await sleep(0);
    }
    answers.push(await reader.results());
  }
  return answers;
}

async function changeUser(context: RawContext): Promise<Answer[]> {
  const { channel, login, raw } = context;
  for (const sql of raw.pre) await context.wrapper(sql);
  const charset = Buffer.from([45, 0]);
  const noAttributes = (channel.capabilities & Capability.CONNECT_ATTRS) === 0 ? '' : ZERO;
  const target = [`${login.user}\0`, ZERO, `${login.database}\0`, charset, `${NO_PLUGIN}\0`, noAttributes];
  writeCommand(channel, Command.CHANGE_USER, ...target);
  const refusal = await authenticate(channel, login.password).catch((error: unknown) => error);
  if (refusal !== undefined && !isOfCountersign(refusal)) throw refusal;
  // What was refused may leave the session as it was: the attack goes on.
  return queries(context, [raw.sql]);
}

function isOfCountersign(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Countersign refused this statement');
}

async function reset(context: RawContext): Promise<Answer[]> {
  for (const sql of context.raw.pre) await context.wrapper(sql);
  const answers = await simple(context, Command.RESET_CONNECTION);
  return [...answers, ...(await queries(context, [context.raw.sql]))];
}

async function bulkExecute(context: RawContext): Promise<Answer[]> {
  const { channel, reader, raw, texts } = context;
  return prepared(context, texts[0], async (id) => {
    const sendTypes = Buffer.from([128, 0, FieldType.LONG, 0]);
    const rows = raw.ids.map((value) => Buffer.concat([ZERO, uint32(value)]));
    writeCommand(channel, 0xfa, id, sendTypes, ...rows);
    return [await reader.results('binary')];
  });
}

async function binlogDump(context: RawContext): Promise<Answer[]> {
  await query(context, "SET @master_binlog_checksum='NONE', @source_binlog_checksum='NONE'");
  // From the first position of the first file, and without waiting for more than there is.
  writeCommand(context.channel, 0x12, uint32(4), Buffer.from([1, 0]), uint32(4_242));
  return [await context.reader.untilEnd(MAX_EVENTS)];
}

const flags = (wanted: number): Pick<RawAttack, 'login'> => ({ login: () => ({ flags: wanted }) });

/** The kinds. What they send is described at the file format. */
export const RAW_ATTACKS: Readonly<Record<RawKind, RawAttack>> = {
  bytes_utf8: { run: (context) => queries(context) },
  cursor_fetch: {
    run: (context) =>
      prepared(context, context.texts[0], async (id) => {
        writeCommand(context.channel, Command.STMT_EXECUTE, id, Buffer.from([1]), EXECUTE_ONCE);
        const opened = await context.reader.results('binary');
        if (opened.error !== undefined) return [opened];
        writeCommand(context.channel, Command.STMT_FETCH, id, uint32(FETCH_ROWS));
        return [await context.reader.untilEnd()];
      }),
  },
  deprecate_eof: { ...flags(Capability.DEPRECATE_EOF), run: (context) => queries(context) },
  no_deprecate_eof: { run: (context) => queries(context) },
  optional_metadata: {
    ...flags(Capability.OPTIONAL_RESULTSET_METADATA | Capability.DEPRECATE_EOF),
    run: (context) => queries(context),
  },
  mariadb_cache_metadata: {
    login: () => ({ flags: Capability.DEPRECATE_EOF, mariadbFlags: MariadbCapability.CACHE_METADATA }),
    run: (context) =>
      prepared(context, context.texts[0], async (id) => [await execute(context, id), await execute(context, id)]),
  },
  compress: { login: () => ({ compress: true }), run: (context) => queries(context) },
  query_attributes: { ...flags(Capability.QUERY_ATTRIBUTES), run: withQueryAttribute },
  session_track: {
    ...flags(Capability.SESSION_TRACK),
    run: (context) => queries(context, [...[context.raw.vars].flat(), context.raw.sql]),
  },
  pipeline: { run: pipeline },
  tcp_dribble: { run: dribble },
  split_16m: {
    run: (context) => {
      const filler = Buffer.alloc(0xff_ff_ff + 40, 'a');
      const { prefix, suffix } = context.raw;
      return queries(context, [Buffer.concat([Buffer.from(prefix), filler, Buffer.from(suffix)])]);
    },
  },
  field_list: {
    run: async ({ channel, reader, texts }) => {
      writeCommand(channel, 0x04, `${texts[0] ?? ''}\0`);
      return [await reader.untilEnd()];
    },
  },
  com_init_db: { run: (context) => simple(context, Command.INIT_DB, context.raw.db) },
  com_set_option: {
    run: async (context) => [
      ...(await simple(context, Command.SET_OPTION, Buffer.from([0, 0]))),
      ...(await queries(context)),
    ],
  },
  com_change_user: { run: changeUser },
  com_reset: { run: reset },
  handshake_charset: {
    login: ({ collation }) => ({ collation }),
    run: (context) => queries(context, [Buffer.from(context.raw.hex, 'hex')]),
  },
  stmt_prepare_execute: {
    run: async (context) => {
      const answers: Answer[] = [];
      for (const text of context.texts) {
        answers.push(...(await prepared(context, text, async (id) => [await execute(context, id)])));
      }
      return answers;
    },
  },
  send_long_data: {
    run: (context) =>
      prepared(context, context.texts[0], async (id) => {
        writeCommand(context.channel, Command.STMT_SEND_LONG_DATA, id, Buffer.from([0, 0]), context.raw.data);
        return [await execute(context, id, oneString(undefined))];
      }),
  },
  ps_out_params: {
    run: (context) =>
      prepared(context, context.texts[0], async (id) => [await execute(context, id, oneString(context.raw.data))]),
  },
  bulk_execute: {
    login: () => ({ mariadbFlags: MariadbCapability.STMT_BULK_OPERATIONS }),
    run: bulkExecute,
  },
  execute_last: {
    run: (context) => prepared(context, context.texts[0], async () => [await execute(context, uint32(0xff_ff_ff_ff))]),
  },
  binlog_dump: { run: binlogDump },
  com_register_slave: { run: (context) => simple(context, 0x15, uint32(4_242), Buffer.alloc(13)) },
  com_process_kill: { run: (context) => simple(context, 0x0c, uint32(context.victim)) },
  com_process_info: {
    run: async ({ channel, reader }) => {
      writeCommand(channel, 0x0a);
      return [await reader.results()];
    },
  },
  com_debug: { run: (context) => simple(context, 0x0d) },
  com_statistics: { run: (context) => simple(context, 0x09) },
  com_refresh: { run: (context) => simple(context, 0x07, Buffer.from([1])) },
  com_drop_db: { run: (context) => simple(context, 0x06, context.raw.db) },
  com_create_db: { run: (context) => simple(context, 0x05, context.raw.db) },
  // The server may be gone before it says so.
  com_shutdown: { run: (context) => simple(context, 0x08, ZERO).catch(() => [OK_ANSWER]) },
};

/** Whether a kind needs a capability of MariaDB's own, which mysql2 cannot ask for. */
export function needsMariadbLogin(raw: RawPackets): boolean {
  return RAW_ATTACKS[raw.kind].login?.(raw).mariadbFlags !== undefined;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function lengthEncoded(value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(lengthEncodedSize(bytes.length));
  writeLengthEncoded(head, bytes.length, 0);
  return Buffer.concat([head, bytes]);
}
