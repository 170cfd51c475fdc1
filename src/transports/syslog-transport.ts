import type { RecordBatch, SendResult, Transport } from '../audit/index.js';
import { messageOf } from '../message-of.js';
import { SyslogDatagrams } from './syslog-datagrams.js';
import { SyslogEncoder } from './syslog-message.js';
import { checkSyslogOptions, type CheckedSyslogOptions, type SyslogTransportOptions } from './syslog-options.js';
import { SyslogStream, type SyslogSender } from './syslog-stream.js';

/**
 * Sends records as syslog messages (RFC 5424) over TLS, TCP or UDP.
 *
 * MSGID is the type of the record; the structured data say id, place, agent, task and verdict; the message is the record. The severity is
 * warning for what was denied, aborted, refused or whose end is not known, error for what could not be checked, notice for an error of the
 * server, and informational otherwise. **Syslog has no acknowledgement**: `confirm: 'closed'` shows that the receiver has read a batch, not that it keeps it,
 * and a datagram may be lost without a trace.
 * @throws FailureError `OPTIONS_INVALID`
 * @example
 * ```ts
 * syslogTransport({ host: 'syslog.example', enterpriseNumber: 99999, tls: { ca: await readFile('ca.pem', 'utf8') } });
 * ```
 */
export function syslogTransport(options: SyslogTransportOptions): Transport {
  const checked = checkSyslogOptions(options);
  const encoder = new SyslogEncoder(checked);
  const sender = checked.protocol === 'udp' ? new SyslogDatagrams(checked) : new SyslogStream(checked);
  return {
    name: checked.name,
    send: (batch, signal) => send(sender, encoder, checked, batch, signal),
    close: async () => {
      sender.close();
    },
  };
}

async function send(
  sender: SyslogSender,
  encoder: SyslogEncoder,
  options: CheckedSyslogOptions,
  { records }: RecordBatch,
  signal: AbortSignal,
): Promise<SendResult> {
  const messages: Buffer[] = [];
  for (const record of records) {
    const message = encoder.encode(record);
    const tooLong = message.length > options.maxMessageBytes;
    if (tooLong && options.oversize === 'reject')
      return { status: 'rejected', reason: tooLongReason(message, options) };
    messages.push(tooLong ? encoder.encodeCut(record) : message);
  }
  try {
    await sender.send(messages, signal);
    return { status: 'accepted' };
  } catch (error) {
    return { status: 'retry', reason: problem(options, error) };
  }
}

function tooLongReason({ length }: Buffer, { protocol, maxMessageBytes }: CheckedSyslogOptions): string {
  const way = protocol === 'udp' ? 'send over TLS, ' : '';
  return (
    `a syslog message of ${length} bytes is over maxMessageBytes, ${maxMessageBytes}: ${way}raise it if the receiver takes more, ` +
    "or set oversize: 'cut'"
  );
}

function problem({ protocol, host, port, confirm }: CheckedSyslogOptions, error: unknown): string {
  const silent = error instanceof DOMException && error.name === 'TimeoutError';
  const advice =
    silent && protocol !== 'udp' && confirm === 'closed'
      ? "see that it listens, and reads to the end of a connection; if it never closes one, set confirm: 'written'"
      : `see that it listens for syslog over ${protocol.toUpperCase()}${protocol === 'tls' ? ', and that tls.ca names the authority of its certificate' : ''}`;
  return `${protocol}://${host}:${port} did not take the syslog messages: ${messageOf(error) || String(error)}; ${advice}`;
}
