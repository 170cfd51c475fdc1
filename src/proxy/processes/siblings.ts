import { createBirpc } from 'birpc';
import type { Registry } from 'prom-client';
import { AdmissionBook } from '../limits/admission-book.js';
import type { Admissions } from '../limits/admissions.js';
import type { SupervisorFunctions, WorkerFunctions } from './process-calls.js';

/** The processes that are one proxy together, as one of them sees them. */
export interface Siblings {
  readonly admissions: Admissions;
  /** The figures of all of them, as Prometheus reads them. @param own - those of this one */
  metrics(own: Registry): Promise<string>;
  /** Has the others told of these figures, when they ask. */
  show(own: Registry): void;
}

/** Of a proxy that is one process. */
export function noSiblings(): Siblings {
  return { admissions: new AdmissionBook(), metrics: (own) => own.metrics(), show: () => undefined };
}

/** Milliseconds after which no answer is waited for any more: a login takes no longer. */
const TIMEOUT_MS = 10_000;

/** Of a process that `superviseWorkers` has started. */
export function siblingsOfWorker(): Siblings {
  let registry: Registry | undefined;
  const functions: WorkerFunctions = { metrics: async () => (await registry?.getMetricsAsJSON()) ?? [] };
  const supervisor = createBirpc<SupervisorFunctions, WorkerFunctions>(functions, {
    // Without a listener for its errors, a channel that is closed would end the process in the middle of a statement.
    post: (message) => process.connected && process.send?.(message),
    on: (listener) => process.on('message', listener),
    timeout: TIMEOUT_MS,
  });
  return {
    admissions: {
      enter: (most) => supervisor.enter(most),
      leave: () => void supervisor.leave.asEvent(),
      enterAgent: (agent, most) => supervisor.enterAgent(agent, most),
      leaveAgent: (agent) => void supervisor.leaveAgent.asEvent(agent),
      failures: (address) => supervisor.failures(address),
      failed: (address) => void supervisor.failed.asEvent(address),
    },
    metrics: () => supervisor.metrics(),
    show: (own) => (registry = own),
  };
}
