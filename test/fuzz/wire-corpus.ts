/** Packets of clients and servers as they should be, for the fuzzer to spoil. */
import { frame } from '../../src/wire/command-assembler.js';
import { Command, FieldType } from '../../src/wire/constants.js';
import { buildErrPacket } from '../../src/wire/err-packet.js';
import { answer, columnDefinition, eof, ok, text } from '../wire/wire-samples.js';

const TEXTS = [
  'SELECT 1',
  'SELECT id, email FROM shop.customers WHERE id = 7',
  'SELECT email, name FROM customers',
  "INSERT INTO notes VALUES (1, 'x')",
  'UPDATE notes SET text = 2 WHERE id = 3',
  'DELETE FROM notes',
  'DROP TABLE notes',
  "SET NAMES utf8mb4; SELECT 'a'",
  "SET sql_mode = 'ANSI_QUOTES'",
  'USE shop',
  'CALL p(1)',
  "LOAD DATA LOCAL INFILE 'x' INTO TABLE notes",
  'BEGIN',
  '/* a */ SELECT /*! 1 */ 2 -- c',
];

const command = (byte: number, ...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([Buffer.from([byte]), ...parts.map((part) => Buffer.from(part))]);
const id = (value: number): Buffer => Buffer.from([value & 0xff, 0, 0, 0]);
const LAST = Buffer.from([0xff, 0xff, 0xff, 0xff]);
const bound = Buffer.from([0, 0, 0, 0, 0, 0, 1, FieldType.LONG, 0, 5, 0, 0, 0]);

/** Whole packets of a client, with their headers. */
export const CLIENT_PACKETS: readonly Buffer[] = [
  ...TEXTS.map((sql) => command(Command.QUERY, sql)),
  ...TEXTS.map((sql) => command(Command.QUERY, '\0\x01', sql)),
  ...TEXTS.map((sql) => command(Command.STMT_PREPARE, sql)),
  ...[id(1), id(2), LAST].flatMap((statement) => [
    command(Command.STMT_EXECUTE, statement, Buffer.from([0, 1, 0, 0, 0])),
    command(Command.STMT_EXECUTE, statement, Buffer.from([0, 1, 0, 0, 0]), bound),
    command(Command.STMT_EXECUTE, statement, Buffer.from([1, 1, 0, 0, 0])),
    command(Command.STMT_FETCH, statement, id(10)),
    command(Command.STMT_SEND_LONG_DATA, statement, Buffer.from([0, 0]), 'long'),
    command(Command.STMT_CLOSE, statement),
    command(Command.STMT_RESET, statement),
  ]),
  command(Command.INIT_DB, 'shop'),
  command(Command.PING),
  command(Command.RESET_CONNECTION),
  command(Command.CHANGE_USER, 'root\0\0shop\0'),
  command(Command.SET_OPTION, Buffer.from([0, 0])),
  command(0x04, 'customers\0'),
  command(0x12, Buffer.alloc(11)),
  command(0xfa, id(1), Buffer.from([0x80, 0])),
  command(Command.QUIT),
].map((payload) => frame(payload, 0));

const columns = [
  columnDefinition('shop', 'customers', 'id', FieldType.LONG),
  columnDefinition('shop', 'customers', 'email', FieldType.VAR_STRING),
];
const row = Buffer.concat([text('7'), text('ada@example.test')]);
const binaryRow = Buffer.concat([Buffer.from([0, 0, 7, 0, 0, 0]), text('ada@example.test')]);
const prepared = Buffer.from([0x00, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]);
const MORE = 0x0a;

/** Whole answers of a server. */
export const SERVER_ANSWERS: readonly Buffer[] = [
  answer([ok(1, 2)]),
  answer([ok(0, MORE), ok(0, 2)]),
  answer([Buffer.from([2]), ...columns, eof(2), row, row, eof(2)]),
  answer([Buffer.from([2]), ...columns, row, row, ok(0, 2, 0xfe)]),
  answer([Buffer.from([2]), ...columns, eof(2), binaryRow, eof(2)]),
  answer([Buffer.from([2]), ...columns, eof(MORE), row, eof(MORE), ok(1, 2)]),
  answer([prepared, columns[0] as Buffer, eof(2), ...columns, eof(2)]),
  answer([prepared, columns[0] as Buffer, ...columns]),
  answer([Buffer.concat([Buffer.from([0xfb]), Buffer.from('file')])]),
  answer([row, row, eof(2)]),
  buildErrPacket(1, { errno: 1064, sqlState: '42000', message: 'no' }),
];

const STATE = ['8.4.3', '', 'utf8mb4', 'utf8mb4', 'shop', 'a@b', '9', 'h:3306'];

/** The answer to the question for the session's state. */
export function stateAnswer(deprecateEof: boolean): Buffer {
  const definitions = STATE.map((_, index) => columnDefinition('', '', `c${index}`, FieldType.VAR_STRING));
  const cells = Buffer.concat(STATE.map(text));
  const head = [Buffer.from([STATE.length]), ...definitions];
  return answer(deprecateEof ? [...head, cells, ok(0, 2, 0xfe)] : [...head, eof(2), cells, eof(2)]);
}
