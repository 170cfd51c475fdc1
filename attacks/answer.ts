/** What comes back to the client of an attack. */

/** How one command was answered. */
export interface Answer {
  /** Undefined where the server, or Countersign, answered without an error. */
  readonly error: AnswerError | undefined;
  /** Rows of each result set. */
  readonly results: readonly (readonly (readonly unknown[])[])[];
  /** Of the last OK packet. */
  readonly affectedRows: number;
}

/** The error that a command was answered with. */
export interface AnswerError {
  readonly errno: number;
  readonly message: string;
}

/** An answer without rows. */
export const OK_ANSWER: Answer = { error: undefined, results: [], affectedRows: 0 };

/** An error as an answer. */
export function errorAnswer(error: AnswerError): Answer {
  return { ...OK_ANSWER, error };
}

/** Whether Countersign refused the command, so that the server never saw it. */
export function isRefusal({ error }: Answer): boolean {
  return error?.message.startsWith('Countersign refused this statement') === true;
}

/** Everything that the client of an attack got to see. */
export class Sight {
  readonly #texts: string[] = [];
  readonly #bytes: Buffer[] = [];

  /** Remembers a text, or a value as JSON; binary values also as what they spell. */
  add(value: unknown): void {
    this.#texts.push(typeof value === 'string' ? value : JSON.stringify(value, readable));
  }

  /** Remembers bytes of the protocol. */
  addBytes(bytes: Buffer): void {
    this.#bytes.push(Buffer.from(bytes));
  }

  /** The first of these that was seen. */
  find(needles: readonly string[]): string | undefined {
    const all = Buffer.concat(this.#bytes);
    return needles.find((needle) => all.includes(needle) || this.#texts.some((text) => text.includes(needle)));
  }

  /** The last texts, for people. */
  summary(): string {
    return this.#texts.slice(-3).join(' | ').slice(0, 300);
  }
}

function readable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const isBytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  if (!isBytes || !('data' in value)) return value;
  const bytes = Buffer.from(value.data as number[]);
  return { text: bytes.toString('latin1'), hex: bytes.toString('hex') };
}
