import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';

import { readIncoming } from './incoming-record.js';
import { MAX_RECORD_BYTES } from './read-batch.js';

const MAX_TEXT_CHARS = 65_536;

/**
 * The audit record in a message of somebody who is not there to be told that it is none.
 * @param body - attacker-controlled; undefined where the message has none
 * @param message - attacker-controlled: all of it
 * @returns its JSON; where it is no record, as when it was cut on its way, one of type `unreadable` that holds the message's text
 */
export function recordInMessage(body: Buffer | undefined, message: Buffer): string {
  const isText = body !== undefined && body.length <= MAX_RECORD_BYTES && isUtf8(body);
  const text = isText ? body.toString() : undefined;
  return text !== undefined && typeof readIncoming(text) !== 'string' ? text : unreadable(message);
}

/** The same message makes the same bytes, and so no mention of when it came: one that is sent again is kept once. */
function unreadable(message: Buffer): string {
  const id = `unreadable-${createHash('sha256').update(message).digest('hex').slice(0, 32)}`;
  const reason = message.toString().slice(0, MAX_TEXT_CHARS);
  return JSON.stringify({ v: 1, type: 'unreadable', id, event: { action: 'received', reason } });
}
