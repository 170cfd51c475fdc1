/** Days and hours at which a rule holds. */
export interface TimeWindow {
  /** Days of the week. Default all. */
  readonly days?: readonly Day[];
  /** First minute, `HH:MM`. Default `00:00`. A window that ends before it begins goes over midnight, and belongs to the day that it begins on. */
  readonly from?: string;
  /** First minute after it, `HH:MM`, up to `24:00`. Default `24:00`. */
  readonly to?: string;
  /** IANA time zone. Default `UTC`. */
  readonly timeZone?: string;
}

/** A day of the week. */
export type Day = 'sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat';

/** The days of the week. */
export const days: readonly Day[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * Compiles a window. The answer is kept for the minute that it was given for.
 * @throws RangeError where there is no such time zone
 */
export function timeMatcher(window: TimeWindow): (nowMs: number) => boolean {
  const clock = clockOf(window.timeZone ?? 'UTC');
  const from = minuteOf(window.from ?? '00:00');
  const to = minuteOf(window.to ?? '24:00');
  const onDays = new Set<Day>(window.days ?? days);
  const includes = (day: number, minute: number): boolean => {
    const isOn = (at: number): boolean => onDays.has(days[at % 7] ?? 'sun');
    if (from < to) return isOn(day) && minute >= from && minute < to;
    return (isOn(day) && minute >= from) || (isOn(day + 6) && minute < to);
  };
  let knownMinute = -1;
  let known = false;
  return (nowMs) => {
    const epochMinute = Math.floor(nowMs / MINUTE_MS);
    if (epochMinute !== knownMinute) {
      knownMinute = epochMinute;
      const { day, minute } = clock(nowMs);
      known = includes(day, minute);
    }
    return known;
  };
}

function minuteOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Math.min(Number(hours) * 60 + Number(minutes), DAY_MINUTES);
}

/** Day of the week and minute of the day in a time zone. */
function clockOf(timeZone: string): (nowMs: number) => { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (nowMs) => {
    const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
    const weekday = (parts.get('weekday') ?? '').toLowerCase() as Day;
    return {
      day: days.indexOf(weekday),
      minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    };
  };
}
