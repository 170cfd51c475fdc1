import { Command } from './constants.js';

/**
 * COM_QUERY of a text of our own.
 * @param hasAttributes CLIENT_QUERY_ATTRIBUTES was negotiated: there are none, in one set
 * @returns the payload
 */
export function buildQuery(text: string, hasAttributes: boolean): Buffer {
  const head = hasAttributes ? [Command.QUERY, 0, 1] : [Command.QUERY];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}
