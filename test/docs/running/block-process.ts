/**
 * The process that runs the docs' code: gives it what a page has from the text before it, and imports one block after the other.
 *
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  clientCredentials,
  createGovernor,
  createRenewingIdentity,
  createTokenVerifier,
  defaultPolicy,
  type GovernorOptions,
  httpTransport,
} from 'countersign';
import { govern } from 'countersign/mysql2';
import { type CountersignConfig, createProxy, type ProxyOptions } from 'countersign/proxy';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { createPool } from 'mysql2/promise';
import { pino } from 'pino';
import type { FREE_NAMES } from '../free-names.js';
import type { BlockOrder } from './run-blocks.js';
import type { BlockStage } from './stage.js';

/** A block that neither ends nor fails. */
const DEADLINE_MS = 20_000;

interface BlockModule {
  readonly default?: CountersignConfig | (() => CountersignConfig | Promise<CountersignConfig>);
  readonly proxyPart?: Partial<ProxyOptions>;
}

const { stage, modules } = JSON.parse(process.argv[2] ?? '') as BlockOrder;
process.chdir(stage.directory);
const audit: GovernorOptions['audit'] = {
  directory: join(stage.directory, 'journal'),
  transports: [httpTransport({ url: `${stage.collectorUrl}/v1/records`, token: stage.collectorToken })],
};
Object.assign(globalThis, await freeValues());
let rejected: unknown;
process.on('unhandledRejection', (reason) => (rejected = reason));
const results: (string | null)[] = [];
for (const path of modules) results.push(await attempt(path));
process.send?.(results);
process.disconnect();
process.exit();

async function attempt(path: string): Promise<string | null> {
  rejected = undefined;
  try {
    const late = setTimeout(DEADLINE_MS, undefined, { ref: false }).then(() => {
      throw new Error(`it did not end within ${DEADLINE_MS} ms`);
    });
    await Promise.race([run(path), late]);
    if (rejected !== undefined) throw rejected;
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

async function run(path: string): Promise<void> {
  const { default: exported, proxyPart } = (await import(pathToFileURL(path).href)) as BlockModule;
  if (proxyPart !== undefined) await openProxy({ ...proxyOptions(), ...proxyPart });
  const config = typeof exported === 'function' ? await exported() : exported;
  if (config === undefined) return;
  if (config.proxy === undefined) await (await createGovernor(config.governor)).close();
  else await openProxy({ ...config.proxy, governor: config.governor });
}

async function openProxy(options: ProxyOptions): Promise<void> {
  const proxy = await createProxy({ ...options, logger: pino({ level: 'silent' }) });
  await proxy.close();
}

/** What a part of the proxy's options is a part of. */
function proxyOptions(): ProxyOptions {
  const { host, port, user, password } = stage.database;
  const upstream = { hosts: [`${host}:${port}`], login: { user, password } };
  return {
    tokens: { issuer: stage.issuer, audience: stage.audience },
    listeners: [{ port: 0 }],
    upstreams: { shop: upstream, warehouse: upstream },
    governor: { audit },
  };
}

/** The values of what blocks take from the text before them. */
async function freeValues(): Promise<Record<keyof typeof FREE_NAMES | 'options', unknown>> {
  const { issuer, audience, clientId, clientSecret, database, directory }: BlockStage = stage;
  const verifier = createTokenVerifier({ issuer, audience });
  const source = clientCredentials({ issuer, clientId, clientSecret });
  const identity = await createRenewingIdentity({ verifier, source });
  const governor = await createGovernor({ identity, audit });
  const bearerToken = await source.getToken();
  const agent = await verifier.verify(bearerToken);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  return {
    ...{
      agent,
      agentsOf: new Map([[process.getuid?.(), agent]]),
      audit,
      bearerToken,
      clientId,
      clientSecret,
      governor,
      identity,
      options: { identity, audit },
      verifier,
    },
    ...{ certFile: join(directory, 'etc/tls/tls.crt'), keyFile: join(directory, 'etc/tls/tls.key') },
    ...{ clientCaFile: join(directory, 'ca.pem'), password: database.password, policy: defaultPolicy() },
    ...{ token: stage.collectorToken, url: stage.databaseUrl },
    askOnCall: async () => ({ approved: true, by: 'carol' }),
    connection: { ...database, database: stage.schema },
    ...{ expressApp: express(), fastifyApp: fastify(), honoApp: new Hono() },
    log: pino({ level: 'silent' }),
    pool: govern(createPool(stage.databaseUrl), governor),
    queue: { publish: async () => undefined },
    request: { header: () => traceparent },
    server: new McpServer({ name: 'docs', version: '1.0.0' }),
  };
}
