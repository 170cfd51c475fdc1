/** A row by column. */
export type Row = Readonly<Record<string, string | number | null>>;

const HOUR_MS = 3_600_000;

/** The day that all days are counted from: queries ask for the last month, or year. */
const MIDNIGHT = new Date().setUTCHours(0, 0, 0, 0);

/** `YYYY-MM-DD hh:00:00`, so many days before the run. */
export function daysAgo(days: number, hour = 0): string {
  const time = new Date(MIDNIGHT - days * 24 * HOUR_MS + (hour % 24) * HOUR_MS);
  return time.toISOString().slice(0, 19).replace('T', ' ');
}

/** One of several, round and round. */
export function pick<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length];
  if (value === undefined) throw new RangeError('there is nothing to pick from');
  return value;
}

/** So many rows, from 1 on. */
export function rows<Made>(count: number, make: (id: number) => Made): readonly Made[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}
