import { type AgentView, textOf } from './agent-view.js';
import type { LeakStatement } from './leak-statement.js';
import type { Finding, SecretFinder } from './secret-finder.js';

/** A secret that an agent sees, and where. */
export interface Sighting extends Finding {
  readonly place: 'a cell' | 'the name of a column' | 'an error';
}

/** A secret that an agent sees and has not written itself. */
export function sighting(finder: SecretFinder, statement: LeakStatement, seen: AgentView): Sighting | undefined {
  const { sql, values } = statement;
  for (const row of seen.rows ?? []) {
    const found = finder.find(row);
    if (found !== undefined) return { ...found, place: 'a cell' };
  }
  const isOwn = (text: string): boolean => sql.includes(text) || values.some((value) => text.includes(value));
  for (const name of seen.names) {
    const found = isOwn(name) ? undefined : finder.find(name);
    if (found !== undefined) return { ...found, place: 'the name of a column' };
  }
  const found = finder.find(seen.error?.message);
  return found === undefined || isOwn(found.secret) ? undefined : { ...found, place: 'an error' };
}

/** Whether a value is also seen where the secrets are others, so that it tells of none. */
export function isCoincidence({ value }: Finding, { rows, names, error }: AgentView): boolean {
  const has = (seen: unknown): boolean => {
    if (textOf(seen).includes(value)) return true;
    return typeof seen === 'object' && seen !== null && !Buffer.isBuffer(seen) && Object.values(seen).some(has);
  };
  return has(rows ?? []) || names.some((name) => name.includes(value)) || error?.message.includes(value) === true;
}
