/**
 * Where audit records can go, and in which form. Each transport has its own cursor in the journal: a slow or dead one holds up no other.
 *
 * @module
 */

export type { FileTransportOptions } from './file-options.js';
export { fileTransport } from './file-transport.js';
export { filterTransport, type RecordFilter } from './filter-transport.js';
export { cef } from './formats/cef.js';
export { cloudEvents } from './formats/cloud-events.js';
export { ecs } from './formats/ecs.js';
export { ocsf } from './formats/ocsf.js';
export { recordJson, type RecordFormat } from './formats/record-format.js';
export { functionTransport, type FunctionTransportOptions, type RecordFunction } from './function-transport.js';
export type { BearerToken, HttpTransportOptions } from './http-options.js';
export { httpTransport } from './http-transport.js';
export type { HttpBody } from './joined-records.js';
export type { NatsConnectionOptions, NatsLogin, NatsTransportOptions } from './nats-options.js';
export { natsTransport } from './nats-transport.js';
export type { OtlpTransportOptions } from './otlp-options.js';
export { otlpTransport } from './otlp-transport.js';
export type { PinoTransportOptions } from './pino-options.js';
export { pinoTransport } from './pino-transport.js';
export { datadog } from './presets/datadog.js';
export type { DatadogOptions } from './presets/datadog-options.js';
export { elastic } from './presets/elastic.js';
export type { ElasticOptions } from './presets/elastic-options.js';
export { splunkHec } from './presets/splunk-hec.js';
export type { SplunkAcknowledgement, SplunkHecOptions } from './presets/splunk-options.js';
export type { ReceiverOptions, Secret } from './receiver-options.js';
export type { SyslogTransportOptions } from './syslog-options.js';
export { syslogTransport } from './syslog-transport.js';
export type { TlsMaterial, TlsSource, TransportTlsOptions } from './tls-material.js';
export type { WebhookTransportOptions } from './webhook-options.js';
export { webhookTransport } from './webhook-transport.js';
