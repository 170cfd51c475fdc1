import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Admissions } from '../limits/admissions.js';

/** What a process of the proxy asks the one that supervises it. */
export interface SupervisorFunctions extends Admissions {
  /** The figures of all processes, as Prometheus reads them. */
  metrics(): Promise<string>;
}

/** The figures of one process. */
export type ProcessMetrics = readonly MetricObjectWithValues<MetricValue<string>>[];

/** What it is asked by it. */
export interface WorkerFunctions {
  metrics(): Promise<ProcessMetrics>;
}
