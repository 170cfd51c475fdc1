import { setTimeout } from 'node:timers/promises';
import type { DatabaseAddress } from '../../test/database/index.js';
import type { EmbeddedEnd } from './embedded-process.js';
import { type Flatness, flatnessOf, type TimedSample } from './flatness.js';
import type { Tally } from './load.js';
import { killAndStart, nowAndThen } from './now-and-then.js';
import { type SoakStage, startSoakStage } from './soak-stage.js';

/** How long, and how much. */
export interface SoakOptions {
  readonly minutes: number;
  /** What is done in a second, of either way. Default 100. */
  readonly rate?: number;
  /** Default: one of its own. */
  readonly database?: DatabaseAddress;
  /** Told of each look at the processes. */
  readonly onSample?: (samples: Readonly<Record<string, TimedSample>>) => void;
}

/** What the soak found. */
export interface SoakReport {
  readonly seconds: number;
  readonly embedded: Tally;
  readonly proxied: Tally;
  /** How often the collector was killed. */
  readonly kills: number;
  /** How often all connections were cut on the server's side. */
  readonly cuts: number;
  /** Records of the collector that stayed up, and of the one that did not. */
  readonly records: { readonly steady: number; readonly killed: number };
  /** Whether both journals came to their end at both collectors. */
  readonly delivered: boolean;
  readonly figures: readonly Flatness[];
  readonly isFlat: boolean;
}

const WORKERS = 8;
const LOOKS = 120;
const KILLS = 20;
const CUTS = 40;

/**
 * Has a governed program, a proxy and collectors work for a while, and looks at what they hold.
 * @throws Error where one of them ends, or a statement goes otherwise than it should
 */
export async function runSoak({ minutes, rate = 100, database, onSample }: SoakOptions): Promise<SoakReport> {
  const seconds = minutes * 60;
  const load = {
    database,
    workers: WORKERS,
    pauseMs: (WORKERS * 1_000) / rate,
    poolSeconds: within(seconds / 6, 10, 240),
  };
  const stage = await startSoakStage(load);
  try {
    const began = performance.now();
    const elapsed = (): number => (performance.now() - began) / 1_000;
    const isOver = (): boolean => elapsed() >= seconds;
    const disturbed = Promise.all([
      nowAndThen(within(seconds / KILLS, 8, 120), isOver, () => killAndStart(stage.killed)),
      nowAndThen(within(seconds / CUTS, 5, 30), isOver, () => stage.cutConnections()),
    ]);
    disturbed.catch(() => undefined);
    const samples = await look(stage, elapsed, seconds, [stage.clients.done, disturbed], onSample);
    const [kills, cuts] = await disturbed;
    const proxied = await stage.clients.finish();
    const { tally: embedded, delivered } = (await stage.embedded.finish()) as EmbeddedEnd;
    const proxyDelivered = (await stage.proxy.finish()) as boolean;
    const records = { steady: await stage.steady.records(), killed: await stage.killed.records() };
    const figures = Object.entries(samples).flatMap(([name, list]) => flatnessOf(name, list));
    return {
      ...{ seconds: elapsed(), embedded, proxied, kills, cuts, records, figures },
      ...{ delivered: delivered && proxyDelivered, isFlat: figures.every(({ isFlat }) => isFlat) },
    };
  } finally {
    await stage.stop();
  }
}

async function look(
  stage: SoakStage,
  elapsed: () => number,
  seconds: number,
  failures: readonly Promise<unknown>[],
  onSample: SoakOptions['onSample'],
): Promise<Record<string, readonly TimedSample[]>> {
  const processes = { embedded: stage.embedded, proxy: stage.proxy, collector: stage.steady };
  const samples: Record<string, TimedSample[]> = { embedded: [], proxy: [], collector: [] };
  const everyMs = within(seconds / LOOKS, 1, 30) * 1_000;
  while (elapsed() < seconds) {
    await Promise.race([setTimeout(everyMs), ...failures]);
    const now: Record<string, TimedSample> = {};
    for (const [name, process] of Object.entries(processes)) {
      const sample = { ...(await process.sample()), seconds: elapsed() };
      now[name] = sample;
      samples[name]?.push(sample);
    }
    onSample?.(now);
  }
  return samples;
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
