import type { AuditLogger } from '../../audit/audit-logger.js';
import { secretOfWebhook } from '../../webhook-signature.js';
import type { CollectorMetrics } from '../collector-metrics.js';
import { readOtlpLogs } from '../ingest/otlp-logs.js';
import { type BodyProblem, readBody } from '../ingest/read-body.js';
import type { BatchProblem, RecordBatch } from '../ingest/read-batch.js';
import { secretName } from '../sender-names.js';
import type { RecordStore, StoreResult } from '../store/record-store.js';
import { answerProblem, type Route, type RouteCall } from './route.js';

/** What the routes work on that take records. */
export interface IngestContext {
  readonly store: RecordStore;
  readonly maxDecompressedBytes: number;
  /** Of webhooks that send records. */
  readonly webhookSecrets: readonly string[];
  readonly logger: AuditLogger;
  readonly metrics: CollectorMetrics;
}

/** The routes that take records. */
export function ingestRoutes(context: IngestContext): readonly Route[] {
  return [
    {
      ...{ method: 'POST', path: '/v1/records', role: 'writer', body: '{"records":[…]}, gzip or not' },
      summary: 'Stores records. They are on the disk when it is answered; those that come again change nothing.',
      handle: async (call) => {
        const bytes = await bytesOf(call, context);
        if ('error' in bytes) return answerProblem(call.reply, bytes);
        return storeList(call, context, { form: 'list', bytes, sender: call.viewer.id });
      },
    },
    {
      ...{ method: 'POST', path: '/v1/webhook', role: undefined, body: '{"records":[…]}' },
      summary: 'Stores the records of a webhook that signs them (Standard Webhooks).',
      handle: (call) => {
        const { request, reply } = call;
        const bytes = bodyOf(call);
        const secret = secretOfWebhook(request.headers, bytes, context.webhookSecrets);
        if (secret !== undefined)
          return storeList(call, context, { form: 'list', bytes, sender: `webhook ${secretName(secret)}` });
        const error = 'it is not signed with the secret of a webhook, or is too old';
        return answerProblem(reply, { statusCode: 401, error });
      },
    },
    {
      ...{ method: 'POST', path: '/v1/logs', role: 'writer', body: 'ExportLogsServiceRequest in JSON, gzip or not' },
      summary: 'Stores records that come as OpenTelemetry logs (OTLP/HTTP).',
      handle: (call) => storeLogs(call, context),
    },
  ];
}

const bodyOf = ({ request }: RouteCall): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

function bytesOf(call: RouteCall, { maxDecompressedBytes }: IngestContext): Promise<Buffer | BodyProblem> {
  return readBody(bodyOf(call), call.request.headers['content-encoding'], maxDecompressedBytes);
}

async function storeList({ reply }: RouteCall, context: IngestContext, batch: RecordBatch): Promise<unknown> {
  const result = await storeBatch(context, batch);
  if ('error' in result) return answerProblem(reply, result);
  const { findings, ...counts } = result;
  return findings.length === 0 ? counts : { ...counts, warnings: findings.map(({ message }) => message) };
}

/** A log that is no audit record is left out, as the protocol has it: it is not sent again. */
async function storeLogs(call: RouteCall, context: IngestContext): Promise<unknown> {
  const bytes = await bytesOf(call, context);
  if ('error' in bytes) return answerProblem(call.reply, bytes);
  const logs = readOtlpLogs(bytes);
  if (logs === undefined)
    return answerProblem(call.reply, { statusCode: 400, error: 'the body is no ExportLogsServiceRequest' });
  const result = await storeBatch(context, { form: 'lines', bytes: logs.lines, sender: call.viewer.id });
  if ('error' in result) return answerProblem(call.reply, result);
  if (logs.rejected === 0) return {};
  const partialSuccess = { rejectedLogRecords: String(logs.rejected), errorMessage: 'a body is no audit record' };
  return { partialSuccess };
}

/** Stores a batch, and says what is wrong with it. */
export async function storeBatch(
  { store, logger, metrics }: Pick<IngestContext, 'store' | 'logger' | 'metrics'>,
  batch: RecordBatch,
): Promise<StoreResult | BatchProblem> {
  const result = await store.store(batch);
  metrics.count(result);
  if (!('error' in result))
    for (const finding of result.findings) logger.warn(finding, 'audit records are not what was signed');
  return result;
}
