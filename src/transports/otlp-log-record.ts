import type { AuditRecord } from '../audit/index.js';
import { recordAttributes, type OtlpAttribute } from './otlp-attributes.js';
import { readRecord, severityOf, type RecordSeverity } from './record-facts.js';

/** `LogRecord` of OTLP in JSON: lowerCamelCase, 64-bit integers as strings, ids in hexadecimal. */
export interface OtlpLogRecord {
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  /** The record itself, from which its bytes and so its hash can be had again. */
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly OtlpAttribute[];
  readonly traceId?: string;
  readonly spanId?: string;
}

/** As the log data model has it for syslog: Notice is INFO2. */
const SEVERITY: Record<RecordSeverity, readonly [number, string]> = {
  informational: [9, 'INFO'],
  notice: [10, 'INFO2'],
  warning: [13, 'WARN'],
  error: [17, 'ERROR'],
};
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/**
 * A record as a log record of OpenTelemetry.
 * @param observedMs - when it is sent, in milliseconds since the epoch
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function otlpLogRecord(bytes: Buffer, observedMs: number): OtlpLogRecord {
  const record = readRecord(bytes);
  const [severityNumber, severityText] = SEVERITY[severityOf(record)];
  return {
    timeUnixNano: unixNano(record.time),
    observedTimeUnixNano: `${observedMs}000000`,
    severityNumber,
    severityText,
    eventName: `countersign.${record.type}`,
    body: { stringValue: bytes.toString() },
    attributes: recordAttributes(record),
    ...traceIds(record),
  };
}

/** The microseconds of a record's time are its last seven characters but one. */
function unixNano(time: string): string {
  const seconds = Date.parse(`${time.slice(0, 19)}Z`) / 1000;
  return `${seconds}${time.slice(20, 26).padEnd(9, '0')}`;
}

/** A receiver refuses the whole request for an id that is not one. */
function traceIds({ trace }: AuditRecord): { traceId?: string; spanId?: string } {
  if (trace === undefined || !TRACE_ID.test(trace.trace_id) || !SPAN_ID.test(trace.span_id)) return {};
  return { traceId: trace.trace_id, spanId: trace.span_id };
}
