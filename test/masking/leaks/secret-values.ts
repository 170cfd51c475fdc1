import { Random } from '../../fuzz/random.js';

/** What kind of value a column holds. */
export type Type = 'text' | 'number' | 'date';

/** Which of the twins a schema is: they differ in their secrets and in nothing else. */
export type Twin = 'first' | 'second';

/** A value of a masked column. */
export interface Secret {
  readonly type: Type;
  /** As it stands in a literal, without quotes. */
  readonly text: string;
}

/** What texts are made of, behind their first two letters. Few of them stand in values that are not masked. */
export const LETTERS = 'zqxkjwvbfghpyu79';
/** Years in which nothing else is. The twins share none. */
const FIRST_YEAR: Record<Twin, number> = { first: 2101, second: 2151 };
const YEARS = 48;

/** The secrets of one twin, each of its own: two of them have no six characters in common. */
export class SecretValues {
  readonly #random: Random;
  readonly #twin: Twin;
  readonly #all: Secret[] = [];

  constructor(twin: Twin) {
    this.#twin = twin;
    this.#random = new Random(0x5ec2e7, twin === 'first' ? 1 : 2);
  }

  /** All that were made. */
  get all(): readonly Secret[] {
    return this.#all;
  }

  /** 16 to 20 letters and digits. */
  text(): Secret {
    const letters = Array.from({ length: 14 + this.#random.below(5) }, () => this.#random.pick([...LETTERS]));
    return this.#keep('text', `zq${letters.join('')}`);
  }

  /** Three digits, and a text behind them. */
  code(): Secret {
    const { text } = this.text();
    this.#all.pop();
    return this.#keep('text', `${String(100 + this.#random.below(900))}-${text}`);
  }

  /** A whole number of so many digits, or one digit more. */
  whole(digits: number): Secret {
    const rest = Array.from({ length: digits - 1 }, () => String(this.#random.below(10)));
    return this.#keep('number', `${String(1 + this.#random.below(9))}${rest.join('')}`);
  }

  /** Nine digits and two behind the point. */
  decimal(): Secret {
    const { text } = this.whole(9);
    this.#all.pop();
    return this.#keep('number', `${text}.${String(10 + this.#random.below(90))}`);
  }

  /** A day of the twenty-second century. */
  date(): Secret {
    return this.#keep('date', this.#day());
  }

  /** A second of the twenty-second century. */
  moment(): Secret {
    const two = (limit: number): string => String(this.#random.below(limit)).padStart(2, '0');
    return this.#keep('date', `${this.#day()} ${two(24)}:${two(60)}:${two(60)}`);
  }

  #day(): string {
    const year = FIRST_YEAR[this.#twin] + this.#random.below(YEARS);
    const [month, day] = [1 + this.#random.below(12), 1 + this.#random.below(28)];
    return [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
  }

  #keep(type: Type, text: string): Secret {
    const secret = { type, text };
    this.#all.push(secret);
    return secret;
  }
}
