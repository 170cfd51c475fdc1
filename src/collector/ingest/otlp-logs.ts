import * as v from 'valibot';

import { readIncoming } from './incoming-record.js';

/** What of a request of OpenTelemetry is audit records, and how much is not. */
export interface OtlpLogs {
  /** One record a line. */
  readonly lines: Buffer;
  readonly rejected: number;
}

const Body = v.looseObject({ body: v.optional(v.looseObject({ stringValue: v.optional(v.string()) })) });
const RequestSchema = v.looseObject({
  resourceLogs: v.optional(
    v.array(
      v.looseObject({
        scopeLogs: v.optional(v.array(v.looseObject({ logRecords: v.optional(v.array(Body), []) })), []),
      }),
    ),
    [],
  ),
});

/**
 * Reads `ExportLogsServiceRequest` in JSON: the body of each log record is an audit record, as `otlpTransport` sends it.
 * @param body - attacker-controlled
 * @returns undefined where it is no such request
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function readOtlpLogs(body: Buffer): OtlpLogs | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  const request = v.safeParse(RequestSchema, value, { abortEarly: true });
  if (!request.success || Array.isArray(value)) return undefined;
  const logs = request.output.resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords),
  );
  const texts = logs.map((log) => log.body?.stringValue ?? '');
  const records = texts.filter((text) => typeof readIncoming(text) !== 'string');
  return { lines: Buffer.from(records.join('\n')), rejected: texts.length - records.length };
}
