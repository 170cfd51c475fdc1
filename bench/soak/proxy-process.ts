/** The proxy of the soak. */
import { once } from 'node:events';
import { maskColumn } from 'countersign';
import { createProxy, type ProxyOptions, type UpstreamOptions } from 'countersign/proxy';
import { auditTo, delivered, journalOf } from './governed.js';
import { answerSamples } from './process-sample.js';
import { FINISH } from './soak-child.js';

/** What the parent gives on the command line, as JSON. */
export interface SoakProxySetup {
  readonly upstream: UpstreamOptions;
  readonly tokens: ProxyOptions['tokens'];
  readonly maskedColumn: string;
  readonly journal: string;
  readonly receivers: readonly string[];
}

/** Where it listens, which it says first. */
export interface SoakProxyAddress {
  readonly host: string;
  readonly port: number;
  /** Its certificate, in PEM. */
  readonly ca: string;
}

const setup = JSON.parse(process.argv[2] ?? '{}') as SoakProxySetup;
const proxy = await createProxy({
  governor: {
    masks: [maskColumn(setup.maskedColumn, 'email')],
    audit: auditTo(setup.journal, setup.receivers),
  },
  tokens: setup.tokens,
  listeners: [{ port: 0 }],
  upstreams: { main: setup.upstream },
});
const [address] = proxy.addresses;
if (address === undefined || !('port' in address)) throw new Error('the proxy does not listen');
answerSamples(() => journalOf(proxy.governor));
const said: SoakProxyAddress = { host: address.host, port: address.port, ca: address.certificate };
process.send?.(said);
process.on('message', (message) => {
  if (message === FINISH) void finish();
});
await once(process, 'disconnect');

async function finish(): Promise<void> {
  const isDelivered = await delivered(proxy.governor);
  await proxy.close();
  process.send?.(isDelivered);
}
