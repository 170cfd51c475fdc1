import { performance } from 'node:perf_hooks';

let offsetMs = Date.now() - performance.now();

/**
 * Microseconds since the epoch: the monotonic clock's resolution on the wall clock's time, taken anew when the two differ by
 * more than a millisecond (the wall clock was set, or the machine slept).
 */
export function epochMicros(): number {
  const wall = Date.now();
  const monotonic = performance.now();
  const drift = offsetMs + monotonic - wall;
  if (drift > 1 || drift < -1) offsetMs = wall - monotonic;
  return Math.round((offsetMs + monotonic) * 1000);
}

/** Microseconds of a clock that only goes forward, for durations. */
export function monotonicMicros(): number {
  return performance.now() * 1000;
}
