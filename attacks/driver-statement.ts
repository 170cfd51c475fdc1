import type { Connection, QueryOptions } from 'mysql2';
import { type Answer, errorAnswer, OK_ANSWER, type Sight } from './answer.js';
import { internalsOf } from './raw/driver-channel.js';

/** Shows every packet that the driver is given to the attack's sight. */
export function watchPackets(connection: Connection, sight: Sight): void {
  const core = internalsOf(connection);
  const { handlePacket } = core;
  core.handlePacket = function (packet): void {
    if (packet !== undefined) sight.addBytes(packet.buffer.subarray(packet.start, packet.end));
    handlePacket.call(this, packet);
  };
}

/** Asks through the driver. Never rejects: an error is an answer. */
export function ask(
  connection: Connection,
  method: 'query' | 'execute',
  statement: { sql: string; values?: unknown; infileStreamFactory?: unknown },
  sight: Sight | undefined,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { ...statement, rowsAsArray: true } as QueryOptions;
    try {
      connection[method](options, (error: unknown, rows: unknown, fields: unknown) => {
        resolve(error === null || error === undefined ? answerOf(rows, fields, sight) : refusedBy(error, sight));
      });
    } catch (error) {
      resolve(refusedBy(error, sight));
    }
  });
}

/** An error as an answer. */
export function refusedBy(error: unknown, sight: Sight | undefined): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const hasNumber = typeof error === 'object' && error !== null && 'errno' in error && typeof error.errno === 'number';
  sight?.add(message);
  return errorAnswer({ errno: hasNumber ? (error.errno as number) : 0, message });
}

/** What mysql2 hands to a callback, as an answer: rows of one result, or of several with the OK packets between them. */
function answerOf(rows: unknown, fields: unknown, sight: Sight | undefined): Answer {
  sight?.add(rows);
  sight?.add(namesOf(fields));
  if (!Array.isArray(rows)) return withAffected(OK_ANSWER, rows);
  const several = Array.isArray(fields) && fields.some((item) => item === undefined || Array.isArray(item));
  if (!several) return { ...OK_ANSWER, results: [rows as unknown[][]] };
  const results = rows.filter((part): part is unknown[][] => Array.isArray(part));
  return withAffected({ ...OK_ANSWER, results }, rows.at(-1));
}

function withAffected(answer: Answer, header: unknown): Answer {
  const has = typeof header === 'object' && header !== null && 'affectedRows' in header;
  return has ? { ...answer, affectedRows: Number(header.affectedRows) } : answer;
}

function namesOf(fields: unknown): unknown {
  if (!Array.isArray(fields)) return '';
  return fields.map((field: unknown) => {
    if (Array.isArray(field)) return namesOf(field);
    return typeof field === 'object' && field !== null && 'name' in field ? field.name : '';
  });
}
