/** Reads requests of OTLP by its official definitions: a member that they do not have, or of another type, is an error. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';

const root = new protobuf.Root();
const folder = fileURLToPath(new URL('opentelemetry-proto/', import.meta.url));
root.resolvePath = (_origin, target) => join(folder, target);
await root.load('opentelemetry/proto/collector/logs/v1/logs_service.proto');
const ExportRequest = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest');

/** A value as a receiver that has it in binary sees it. */
type Plain = string | number | boolean;

/** What a receiver knows of one log record. */
export interface ReceivedLog {
  readonly timeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, Plain>>;
  /** Hexadecimal; absent where there is none. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

interface Request {
  resourceLogs: { resource: { attributes: KeyValue[] }; scopeLogs: { scope: { name: string }; logRecords: Log[] }[] }[];
}
interface KeyValue {
  key: string;
  value: Record<string, Plain>;
}
interface Log extends Omit<ReceivedLog, 'attributes' | 'body'> {
  attributes: KeyValue[];
  body: { stringValue: string };
}

/** Reads a body, takes it through the binary form, and gives what is in it. */
export function readExportRequest(json: string): { resource: Record<string, Plain>; logs: ReceivedLog[] } {
  const message = protojson.fromJson(ExportRequest, JSON.parse(json, idAsBytes));
  const decoded = ExportRequest.decode(ExportRequest.encode(message).finish());
  const request = ExportRequest.toObject(decoded, { longs: String, bytes: Buffer, defaults: false }) as Request;
  const [resourceLogs] = request.resourceLogs;
  const logs = resourceLogs?.scopeLogs.flatMap(({ logRecords }) => logRecords) ?? [];
  return {
    resource: plain(resourceLogs?.resource.attributes ?? []),
    logs: logs.map(({ attributes, body, traceId, spanId, ...log }) => ({
      ...log,
      body: body.stringValue,
      attributes: plain(attributes),
      traceId: traceId === undefined ? undefined : Buffer.from(traceId).toString('hex'),
      spanId: spanId === undefined ? undefined : Buffer.from(spanId).toString('hex'),
    })),
  };
}

/** Ids are in hexadecimal in OTLP, where the JSON of other protocols would have Base64. */
function idAsBytes(key: string, value: unknown): unknown {
  if (key !== 'traceId' && key !== 'spanId') return value;
  const length = key === 'traceId' ? 32 : 16;
  if (typeof value !== 'string' || !/^[0-9a-f]+$/.test(value) || value.length !== length) throw new Error(`bad ${key}`);
  return Buffer.from(value, 'hex').toString('base64');
}

function plain(attributes: readonly KeyValue[]): Record<string, Plain> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));
}
