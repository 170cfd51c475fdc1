/** What verification needs of a record. */
export interface RecordFrame {
  readonly id: string;
  readonly type: string;
  readonly writer: string;
  readonly seq: number;
  /** Base64url. */
  readonly prev: string | undefined;
  /** As parsed from JSON. */
  readonly value: unknown;
}

const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/**
 * Reads the frame of a record.
 * @param json - attacker-controlled
 * @returns undefined where it is no record with a place in a chain
 */
export function readFrame(json: string): RecordFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const { v, id, type, writer } = members(value);
  const { id: writerId, seq, prev } = members(writer);
  if (v !== 1 || typeof id !== 'string' || typeof type !== 'string' || typeof writerId !== 'string') return undefined;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  if (prev !== undefined && typeof prev !== 'string') return undefined;
  return { id, type, writer: writerId, seq, prev, value };
}
