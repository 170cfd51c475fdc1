import type { Worker } from 'node:cluster';
import { type BirpcReturn, createBirpc } from 'birpc';
import { AggregatorRegistry } from 'prom-client';
import { AdmissionBook } from '../limits/admission-book.js';
import { AdmissionShare } from '../limits/admission-share.js';
import type { SupervisorFunctions, WorkerFunctions } from './process-calls.js';

/** A process that does not answer within it is left out of the figures. */
const TIMEOUT_MS = 2_000;

/** What the processes of a proxy have in common, kept by the one that supervises them. */
export class Supervision {
  readonly #book = new AdmissionBook();
  readonly #workers = new Map<Worker, BirpcReturn<WorkerFunctions, SupervisorFunctions>>();

  /** Answers a process, from its start to its end. */
  serve(worker: Worker): void {
    const share = new AdmissionShare(this.#book);
    const functions: SupervisorFunctions = {
      enter: (most) => share.enter(most),
      leave: () => share.leave(),
      enterAgent: (agent, most) => share.enterAgent(agent, most),
      leaveAgent: (agent) => share.leaveAgent(agent),
      failures: (address) => share.failures(address),
      failed: (address) => share.failed(address),
      metrics: () => this.#metrics(),
    };
    const calls = createBirpc<WorkerFunctions, SupervisorFunctions>(functions, {
      post: (message) => worker.isConnected() && worker.send(message),
      on: (listener) => worker.on('message', listener),
      timeout: TIMEOUT_MS,
    });
    worker.once('listening', () => this.#workers.set(worker, calls));
    // Comes after its last message, where `exit` may come before.
    worker.once('disconnect', () => {
      this.#workers.delete(worker);
      share.end();
    });
  }

  async #metrics(): Promise<string> {
    const answers = await Promise.allSettled([...this.#workers.values()].map((worker) => worker.metrics()));
    const figures = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [[...answer.value]] : []));
    return AggregatorRegistry.aggregate(figures).metrics();
  }
}
