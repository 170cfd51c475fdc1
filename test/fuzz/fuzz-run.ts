/** Runs inputs through the checks, and keeps what fails and what is slow. */
import { performance } from 'node:perf_hooks';
import { type Check, type CreateChecks, DEAR, isTimed, standardChecks } from './checks.js';
import { fuzzInput, type FuzzInput } from './inputs.js';
import { minimise } from './minimise.js';

/** Which inputs to run. */
export interface FuzzOrder {
  readonly seed: number;
  /** Index of the first input. */
  readonly from: number;
  /** Index behind the last one. */
  readonly to: number;
  /** Every how many indexes: with several processes, each takes its share. */
  readonly step: number;
  /** Every how many inputs the whole analysis is run too. */
  readonly analyseEvery: number;
  /** Longest input, in bytes, roughly. */
  readonly maxBytes: number;
}

/** An input that fails. */
export interface Failure {
  readonly index: number;
  readonly what: string;
  readonly sqlMode: string;
  readonly flavour: string;
  /** The shortest text that fails the same way, latin1. */
  readonly text: string;
}

/** A check that took long. */
export interface SlowInput {
  readonly index: number;
  readonly check: string;
  readonly bytes: number;
  /** By the clock the first time, and the least CPU of further ones. */
  readonly firstMs: number;
  readonly againMs: number;
  readonly beginning: string;
}

/** What a run found. */
export interface FuzzReport {
  readonly inputs: number;
  readonly analysed: number;
  readonly failures: readonly Failure[];
  /** Over the limit each time, and so slow by themselves. */
  readonly tooSlow: readonly SlowInput[];
  /** Over the limit by the clock, once: the garbage collector, the compiler, or another process on the same core. */
  readonly noise: number;
  readonly slowest: readonly SlowInput[];
  /** Largest resident set seen, in MB. */
  readonly peakMb: number;
}

const LIMIT_MS = 50;
/** Inputs above this are analysed each time: they are the ones that may be slow. */
const LONG_BYTES = 2_000;
const SLOWEST = 5;
const MOST_FAILURES = 20;
const MEMORY_EVERY = 10_000;

/** Runs the inputs of an order. */
export function fuzz(order: FuzzOrder, createChecks: CreateChecks = standardChecks): FuzzReport {
  const run = new FuzzRun(createChecks);
  let inputs = 0;
  for (let index = order.from; index < order.to; index += order.step) {
    const input = fuzzInput(order.seed, index, order.maxBytes);
    run.one(input, inputs % order.analyseEvery === 0 || input.bytes.length > LONG_BYTES);
    inputs += 1;
    if (run.failures.length >= MOST_FAILURES) break;
  }
  return run.report(inputs);
}

class FuzzRun {
  readonly failures: Failure[] = [];
  readonly #createChecks: CreateChecks;
  readonly #checks: readonly (readonly [string, Check])[];
  readonly #tooSlow: SlowInput[] = [];
  #slowest: SlowInput[] = [];
  #noise = 0;
  #slowFrom = 2;
  #analysed = 0;
  #peak = 0;
  #count = 0;

  constructor(createChecks: CreateChecks) {
    this.#createChecks = createChecks;
    this.#checks = Object.entries(createChecks());
  }

  one(input: FuzzInput, isAnalysed: boolean): void {
    for (const [name, check] of this.#checks) {
      if (!isAnalysed && DEAR.includes(name)) continue;
      if (name === 'analysis') this.#analysed += 1;
      const start = performance.now();
      const what = outcome(check, input);
      const ms = performance.now() - start;
      if (what !== undefined) this.#fail(input, check, what);
      if (ms > this.#slowFrom && isTimed(name)) this.#slow(input, name, ms);
    }
    this.#count += 1;
    if (this.#count % MEMORY_EVERY === 0) this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }

  report(inputs: number): FuzzReport {
    return {
      inputs,
      analysed: this.#analysed,
      failures: this.failures,
      tooSlow: this.#tooSlow,
      noise: this.#noise,
      slowest: this.#slowest,
      peakMb: Math.round(Math.max(this.#peak, process.memoryUsage.rss()) / 2 ** 20),
    };
  }

  #fail(input: FuzzInput, check: Check, what: string): void {
    const shortest = minimise(input.bytes, (bytes) => outcome(check, { ...input, bytes }) === what);
    const { index, sqlMode, flavour } = input;
    this.failures.push({ index, what, sqlMode, flavour, text: shortest.toString('latin1') });
  }

  #slow(input: FuzzInput, name: string, firstMs: number): void {
    // With the caches of new checks: a statement that is cached by now would not be slow again.
    const again = [1, 2, 3].flatMap(() => this.#createChecks()[name] ?? []).map((check) => timeOf(check, input));
    const againMs = Math.min(...again);
    const { index, bytes } = input;
    const beginning = bytes.toString('latin1', 0, 160);
    const slow = { index, check: name, bytes: bytes.length, firstMs, againMs, beginning };
    if (againMs > LIMIT_MS) this.#tooSlow.push(slow);
    else if (firstMs > LIMIT_MS) this.#noise += 1;
    this.#slowest = [...this.#slowest, slow].sort((a, b) => b.againMs - a.againMs).slice(0, SLOWEST);
    // Re-running costs time: only what may be among the slowest is worth it.
    if (this.#slowest.length === SLOWEST) this.#slowFrom = Math.min(LIMIT_MS, this.#slowest.at(-1)?.againMs ?? 0);
  }
}

function outcome(check: Check, input: FuzzInput): string | undefined {
  try {
    return check(input);
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

/**
 * What a check keeps its thread for, in milliseconds, at most: the clock counts other processes on the same core, the CPU other threads of this one.
 */
function timeOf(check: Check, input: FuzzInput): number {
  const begun = performance.now();
  const start = process.cpuUsage();
  outcome(check, input);
  const { user, system } = process.cpuUsage(start);
  return Math.min((user + system) / 1000, performance.now() - begun);
}
