/**
 * SIEMs that take HTTP: an unmodified program under a configuration for each of Splunk, Datadog and Elasticsearch. What receives them here are servers that behave as
 * the vendors document theirs, and not the vendors' own.
 *
 * @module
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bulkIndex } from '../../test/transports/presets/bulk-index.js';
import { eventCollector } from '../../test/transports/presets/event-collector.js';
import { logIntake } from '../../test/transports/presets/log-intake.js';
import { type Answer, type Received, recordingServer } from '../../test/transports/recording-server.js';
import { play, whenOver } from '../stage/play.js';
import { runUnmodified } from '../stage/run-unmodified.js';
import { heading, say } from '../stage/screen.js';
import { type Ground, setUpGround } from '../stage/stage.js';

const KEY = 'key-of-the-example';

/** A vendor, as it is documented. */
interface Siem {
  readonly name: string;
  readonly config: string;
  readonly answer: (request: Received) => Answer;
  /** What its configuration asks for. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** What it has of the refused statement, in its own form. */
  readonly refusal: () => object | undefined;
}

function splunk(): Siem {
  const { answer, events } = eventCollector(KEY, 1);
  const refusal = (): object | undefined => events.find(({ event }) => JSON.stringify(event).includes('"denied"'));
  const env = (url: string): Record<string, string> => ({ SPLUNK_URL: url, SPLUNK_TOKEN: KEY });
  return { name: 'Splunk', config: 'splunk.config.ts', answer, env, refusal };
}

function datadog(): Siem {
  const { answer, calls } = logIntake(KEY);
  const refusal = (): object | undefined => calls.flat().find(({ message }) => message?.includes('"denied"'));
  const env = (url: string): Record<string, string> => ({ DD_URL: url, DD_API_KEY: KEY });
  return { name: 'Datadog', config: 'datadog.config.ts', answer, env, refusal };
}

function elastic(): Siem {
  const { answer, documents } = bulkIndex('logs-countersign-default', KEY);
  const refusal = (): object | undefined =>
    [...documents.values()].find((document) => JSON.stringify(document).includes('"denied"'));
  const env = (url: string): Record<string, string> => ({ ELASTIC_URL: url, ELASTIC_API_KEY: KEY });
  return { name: 'Elasticsearch', config: 'elastic.config.ts', answer, env, refusal };
}

/** Listens on a free port. @returns the URL */
async function listen({ answer }: Siem): Promise<string> {
  const { server } = recordingServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenOver(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function show(ground: Ground, siem: Siem): Promise<void> {
  heading(`${siem.name} · COUNTERSIGN_CONFIG=${siem.config} node --import countersign/register agent.ts`);
  const url = await listen(siem);
  await runUnmodified(ground, new URL(siem.config, import.meta.url), siem.env(url));
  const refusal = siem.refusal();
  if (refusal === undefined) throw new Error(`${siem.name} has no record of the refused statement`);
  say();
  say('   Of the refused statement it has');
  say(`   ${JSON.stringify(refusal)}`);
}

async function main(): Promise<void> {
  const ground = await setUpGround();
  for (const siem of [splunk(), datadog(), elastic()]) await show(ground, siem);
}

await play(main);
