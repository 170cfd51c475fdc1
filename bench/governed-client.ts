import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import {
  createGovernor,
  defaultPolicy,
  defineRule,
  type Durability,
  type Governor,
  httpTransport,
  maskColumn,
  type Policy,
  withTask,
} from 'countersign';
import { type Credentials, signIn } from '../examples/stage/sign-in.js';
import type { Round } from './round.js';

/** What the governor of a client process is made of. */
export interface GovernorSetup {
  readonly credentials: Credentials;
  readonly maskedColumns: readonly string[];
  /** In front of those of the default policy, of which none matches what is run. */
  readonly rules?: number;
  readonly journal: string;
  readonly receiver: string;
  readonly durability: Durability;
}

/** What the parent gives a client process on its command line, as JSON. */
export function readSetup<Setup>(): Setup {
  return JSON.parse(process.argv[2] ?? '{}') as Setup;
}

/** Of a governed client. */
export async function createGovernorOf(setup: GovernorSetup): Promise<Governor> {
  return createGovernor({
    identity: await signIn(setup.credentials),
    masks: setup.maskedColumns.map((column) => maskColumn(column, 'email')),
    policy: policyOf(setup.rules ?? 0),
    audit: {
      directory: setup.journal,
      durability: setup.durability,
      transports: [httpTransport({ url: setup.receiver })],
    },
  });
}

function policyOf(rules: number): Policy {
  const policy = defaultPolicy();
  const more = Array.from({ length: rules }, (_, no) =>
    defineRule({
      ...{ name: `archive-${no}`, effect: 'deny', match: { tables: [`archive_${no}.*`], access: 'write' } },
      // Half of them hold for some only, as rules do.
      ...(no % 2 === 0 && { exceptFor: { groups: [`team-${no}`] } }),
    }),
  );
  return { ...policy, rules: [...more, ...policy.rules] };
}

/** Answers the parent's orders until it goes away. */
export async function answerOrders<Order>(answer: (order: Order) => Promise<unknown>): Promise<void> {
  process.on('message', (order: Order) => {
    void answer(order).then((result) => process.send?.(result));
  });
  process.send?.('ready');
  await once(process, 'disconnect');
}

/** What a round costs until its last record is delivered. */
export async function measure(
  { isDelivered, as }: Recording,
  statements: number,
  run: () => Promise<void>,
): Promise<Round> {
  await until(isDelivered);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await as('bench', run);
  const elapsed = performance.now() - start;
  await until(isDelivered);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMicros: (user + system) / statements, throughput: (statements / elapsed) * 1000 };
}

/** How a client's statements are recorded. */
export interface Recording {
  /** Whether everything that was recorded is delivered. */
  readonly isDelivered: () => boolean;
  /** Runs something for a task. */
  readonly as: (task: string, run: () => Promise<void>) => Promise<void>;
}

/** Not at all. */
export const unrecorded: Recording = { isDelivered: () => true, as: (_, run) => run() };

/** By a governor. */
export function recordingOf(governor: Governor | undefined): Recording {
  if (governor === undefined) return unrecorded;
  const isDelivered = (): boolean => {
    const { openIntents, transports } = governor.trail.stats();
    return openIntents === 0 && transports.every(({ pendingBytes }) => pendingBytes === 0);
  };
  return { isDelivered, as: withTask };
}

/** Runs something so many times, some of them at once. */
export async function repeat(
  times: number,
  inFlight: number,
  runOne: (turn: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < times) await runOne(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(2);
}
