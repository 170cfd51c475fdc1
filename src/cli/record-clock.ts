const RECORD_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6})\d*)?Z$/;

/** Microseconds since the epoch of a record's time; undefined where it is none. */
export function microsOf(time: unknown): number | undefined {
  const match = typeof time === 'string' ? RECORD_TIME.exec(time) : null;
  if (match === null || typeof time !== 'string') return undefined;
  const seconds = Date.parse(`${time.slice(0, 19)}Z`);
  return Number.isNaN(seconds) ? undefined : seconds * 1000 + Number((match[1] ?? '').padEnd(6, '0'));
}

/** A distance in time as a clock shows it: `+0:12.400`, `+1:02:03.000`; `-` where it goes back. */
export function clockOf(micros: number): string {
  const ms = Math.floor(Math.abs(micros) / 1000);
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  const rest = seconds.toFixed(3).padStart(6, '0');
  const sign = micros < 0 ? '-' : '+';
  return hours === 0 ? `${sign}${minutes}:${rest}` : `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** A length of time as people say it: `830 µs`, `12.4 s`, `1 h 2 min`. */
export function lengthOf(micros: number): string {
  const seconds = micros / 1_000_000;
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (seconds < 1) return `${(micros / 1000).toFixed(1)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
