/**
 * Messages of RFC 5424: `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID [STRUCTURED-DATA] MSG`.
 *
 * The message is the record, without a byte order mark: RFC 5424 allows that (MSG-ANY), and rsyslog would keep the mark before the JSON, where
 * no parser takes it.
 *
 * @module
 */

import type { AuditRecord } from '../audit/index.js';
import { readRecord, severityOf, type RecordSeverity } from './record-facts.js';
import type { CheckedSyslogOptions } from './syslog-options.js';

/** RFC 5424, section 6.2.1. */
const SEVERITY: Record<RecordSeverity, number> = { error: 3, warning: 4, notice: 5, informational: 6 };
/** A name is to be found by it, not to be carried by it: the record has all of it. */
const MAX_PARAM_CHARS = 256;

/** Encodes the records of one transport. */
export class SyslogEncoder {
  readonly #options: CheckedSyslogOptions;
  readonly #origin: string;
  readonly #dataId: string;

  constructor(options: CheckedSyslogOptions) {
    this.#options = options;
    this.#origin = `${options.hostname} ${options.appName} ${options.procId}`;
    this.#dataId = `countersign@${options.enterpriseNumber}`;
  }

  /** @returns a message of any length */
  encode(record: Buffer): Buffer {
    return this.#encode(record, false);
  }

  /** @returns as much of the message as fits, cut between two characters, and marked */
  encodeCut(record: Buffer): Buffer {
    const whole = this.#encode(record, true);
    let end = this.#options.maxMessageBytes;
    while (isContinuation(whole[end])) end--;
    return whole.subarray(0, end);
  }

  #encode(bytes: Buffer, cut: boolean): Buffer {
    const record = readRecord(bytes);
    const priority = this.#options.facility * 8 + SEVERITY[severityOf(record)];
    const params = [...paramsOf(record), ...(cut ? (['cut', 'true'] as const) : [])];
    const data = `[${this.#dataId}${encodeParams(params)}]`;
    const header = `<${priority}>1 ${record.time} ${this.#origin} ${record.type} ${data} `;
    return Buffer.concat([Buffer.from(header), this.#options.format.encode(bytes)]);
  }
}

/** Names and values by turns; what is undefined is left out. */
function paramsOf(record: AuditRecord): (string | undefined)[] {
  const common = ['id', record.id, 'writer', record.writer.id, 'seq', String(record.writer.seq)];
  const caller = ['agent', record.agent?.subject, 'task', record.task?.id];
  if (record.type !== 'statement') return [...common, ...caller, 'action', record.event.action];
  const { verdict, outcome, statement } = record;
  const ending = ['effect', verdict.effect, 'rule', verdict.rule, 'status', outcome.status];
  return [...common, ...caller, 'operation', statement.operation, ...ending];
}

function encodeParams(params: readonly (string | undefined)[]): string {
  let text = '';
  for (let index = 0; index < params.length; index += 2) {
    const value = params[index + 1];
    if (value !== undefined) text += ` ${params[index]}="${escapeParam(value)}"`;
  }
  return text;
}

/** Escaped as section 6.3.3 says. A control character, which an agent may have put into a name, could end a line of the receiver's file. */
function escapeParam(value: string): string {
  return value
    .slice(0, MAX_PARAM_CHARS)
    .replace(/\p{Cc}/gu, '?')
    .replace(/["\\\]]/g, '\\$&');
}

/** Whether a byte of UTF-8 is not the first of its character. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
