import type { AuditRecord, Transport } from '../audit/index.js';

/** Whether a receiver is to get a record. The same answer each time: batches may be sent again. One that throws holds the delivery up. */
export type RecordFilter = (record: AuditRecord) => boolean;

/**
 * Sends only some of the records through a transport; the cursor moves on over the others. What such a receiver has is no chain: verify the trail
 * where all of it is.
 * @example
 * ```ts
 * const alerts = webhookTransport({ name: 'alerts', url, secrets });
 * filterTransport(alerts, (record) => record.type === 'statement' && record.outcome.status === 'denied');
 * ```
 */
export function filterTransport(transport: Transport, keep: RecordFilter): Transport {
  const close = transport.close?.bind(transport);
  return {
    name: transport.name,
    async send({ id, records }, signal) {
      const kept = records.filter((record) => keep(JSON.parse(record.toString()) as AuditRecord));
      return kept.length === 0 ? { status: 'accepted' } : transport.send({ id, records: kept }, signal);
    },
    ...(close !== undefined && { close }),
  };
}
