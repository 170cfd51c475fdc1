import { Counter, Gauge, Registry } from 'prom-client';
import type { AuditTrail } from '../audit/index.js';
import type { Databases } from './databases.js';

/** What the proxy counts, for Prometheus. */
export class ProxyMetrics {
  readonly registry: Registry = new Registry();
  readonly logins: Counter<'result'> = new Counter({
    name: 'countersign_proxy_logins_total',
    help: 'Logins, by how they ended',
    labelNames: ['result'],
    registers: [this.registry],
  });
  readonly sessions: Gauge = new Gauge({
    name: 'countersign_proxy_sessions',
    help: 'Sessions that are open',
    registers: [this.registry],
  });

  /** @param trail whose figures are shown, and those of the databases, as of when they are asked for */
  constructor(trail: AuditTrail, databases: Databases) {
    const registers = [this.registry];
    new Gauge({
      name: 'countersign_proxy_idle_connections',
      help: 'Connections to a database that wait for another session',
      labelNames: ['database'],
      registers,
      collect(): void {
        this.reset();
        for (const { name, idleConnections } of databases) this.set({ database: name }, idleConnections);
      },
    });
    new Gauge({
      name: 'countersign_audit_open_intents',
      help: 'Statements that were sent and have not ended',
      registers,
      collect(): void {
        this.set(trail.stats().openIntents);
      },
    });
    new Gauge({
      name: 'countersign_audit_journal_bytes',
      help: 'Bytes of the journals on disk',
      registers,
      collect(): void {
        this.set(trail.stats().usedBytes);
      },
    });
    new Gauge({
      name: 'countersign_audit_pending_bytes',
      help: 'Bytes of records that a transport has not acknowledged',
      labelNames: ['transport'],
      registers,
      collect(): void {
        for (const { name, pendingBytes } of trail.stats().transports) this.set({ transport: name }, pendingBytes);
      },
    });
  }
}
