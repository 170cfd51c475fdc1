import { recordInMessage } from '../ingest/unreadable-record.js';

/** `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID`. */
const HEADER = /^<\d{1,3}>1 (?:\S+ ){5}/;
const MAX_HEADER_BYTES = 1024;
const [OPEN, CLOSE, QUOTE, BACKSLASH, SPACE, NIL] = [0x5b, 0x5d, 0x22, 0x5c, 0x20, 0x2d];
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The audit record that a message of RFC 5424 carries, as `syslogTransport` sends it.
 * @param message - attacker-controlled
 * @returns its JSON; where the message carries none, as when it was cut on its way, a record of type `unreadable` that holds its text
 */
export function recordOfSyslog(message: Buffer): string {
  return recordInMessage(bodyOf(message), message);
}

function bodyOf(message: Buffer): Buffer | undefined {
  const header = HEADER.exec(message.toString('latin1', 0, MAX_HEADER_BYTES))?.[0].length;
  if (header === undefined) return undefined;
  let at = header;
  if (message[at] === NIL) at += 1;
  else while (message[at] === OPEN) at = elementEnd(message, at);
  if (message[at] !== SPACE) return undefined;
  const body = message.subarray(at + 1);
  return body.subarray(0, MARK.length).equals(MARK) ? body.subarray(MARK.length) : body;
}

/** Behind an element of structured data: a bracket within quotes does not end it. */
function elementEnd(message: Buffer, from: number): number {
  let isQuoted = false;
  for (let at = from + 1; at < message.length; at++) {
    const byte = message[at];
    if (isQuoted && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === CLOSE && !isQuoted) return at + 1;
  }
  return message.length;
}
