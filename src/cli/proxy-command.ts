import cluster from 'node:cluster';
import type { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { FailureError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { Proxy, ProxyAddress, ProxyOptions } from '../proxy/index.js';
import { removeSocket } from '../proxy/remove-socket.js';
import { loadConfig } from '../config/load-config.js';
import { parseCount } from './parse-count.js';
import { stopSignal } from './stop-signal.js';

interface ProxyFlags {
  readonly config: string;
  readonly logLevel: string;
  readonly workers: number;
}

/** Adds `countersign proxy`. */
export function addProxyCommand(program: Command): void {
  program
    .command('proxy')
    .description('listen as a MySQL server for callers that are not trusted with the database’s password')
    .option('--config <file>', 'configuration: TypeScript or JavaScript', 'countersign.config.ts')
    .option('--log-level <level>', 'trace, debug, info, warn, error or fatal', 'info')
    .option('--workers <number>', 'processes that share the ports', parseCount, 1)
    .action(runProxy);
}

async function runProxy({ config: file, logLevel, workers }: ProxyFlags): Promise<void> {
  const logger = pino({ name: 'countersign-proxy', level: logLevel }, pino.destination(2));
  if (workers > 1 && cluster.isPrimary) {
    const options = await optionsOf(file);
    const problem = sharingProblem(options);
    if (problem !== undefined) throw problem;
    for (const listener of options.listeners) if ('socketPath' in listener) await removeSocket(listener.socketPath);
    const { superviseWorkers } = await import('./proxy-workers.js');
    await superviseWorkers(workers, logger);
  } else await runOne(file, logger);
}

/** Why these listeners cannot be shared: what each process would make for itself. */
function sharingProblem({ listeners }: ProxyOptions): FailureError | undefined {
  const own = listeners.find((listener) => 'port' in listener && listener.tls === undefined);
  if (own === undefined) return undefined;
  const problem = '--workers: give each listener tls: { certFile, keyFile }, or every process has another certificate';
  return new FailureError('OPTIONS_INVALID', problem);
}

async function runOne(file: string, logger: Logger): Promise<void> {
  // The driver is a peer dependency, which nothing but this command needs.
  const { startProxy } = await import('../proxy/proxy.js');
  const { noSiblings, siblingsOfWorker } = await import('../proxy/processes/siblings.js');
  const siblings = cluster.isWorker ? siblingsOfWorker() : noSiblings();
  const proxy = await startProxy({ ...(await optionsOf(file)), logger }, siblings);
  // Who reads that it listens may end it at once.
  const stopped = stopSignal();
  const suffix = cluster.isWorker ? ` (process ${process.pid})` : '';
  for (const address of proxy.addresses) {
    process.stdout.write(`countersign proxy listening on ${nameOf(address)}${suffix}\n`);
  }
  if (proxy.credentialsUrl !== undefined)
    process.stdout.write(`credentials at ${proxy.credentialsUrl}/v1/credentials\n`);
  if (proxy.adminUrl !== undefined) process.stdout.write(`health and metrics at ${proxy.adminUrl}\n`);
  let reloading = Promise.resolve();
  const reload = (): void => {
    reloading = reloading.then(() => reloadOnce(file, proxy, logger));
  };
  process.on('SIGHUP', reload);
  await stopped;
  process.removeListener('SIGHUP', reload);
  logger.info('draining');
  await proxy.close();
  // The channel to the process that supervises this one would keep it alive.
  if (cluster.isWorker) process.exit();
}

/** What a file does not name any more is not as it was before. */
const DEFAULTS = {
  ...{ tokens: undefined, listeners: undefined, upstreams: undefined },
  ...{ admin: undefined, credentials: undefined, limits: undefined, drainTimeoutMs: undefined },
};

/** Never rejects. */
async function reloadOnce(file: string, proxy: Proxy, logger: Logger): Promise<void> {
  try {
    const options = await optionsOf(file, { again: true }).catch((error: unknown) => {
      proxy.refuseAll();
      throw error;
    });
    const problem = cluster.isWorker ? sharingProblem(options) : undefined;
    await proxy.reload(problem === undefined ? { ...DEFAULTS, ...options } : { governor: options.governor });
    if (problem !== undefined) throw problem;
    logger.info({ listeners: proxy.addresses.map(nameOf) }, 'reloaded');
  } catch (error) {
    logger.error({ problem: messageOf(error) }, 'the configuration could not be reloaded');
  }
}

async function optionsOf(file: string, how: { readonly again?: boolean } = {}): Promise<ProxyOptions> {
  const { governor, proxy } = await loadConfig(file, how);
  if (proxy === undefined) throw new FailureError('OPTIONS_INVALID', `--config: ${file} has no member proxy`);
  const rules = { ...governor };
  // That of programs which are governed without code.
  delete (rules as { identity?: unknown }).identity;
  return { ...proxy, governor: rules };
}

function nameOf(address: ProxyAddress): string {
  return 'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
}
