/** The proxy, in a process of its own. */
import { once } from 'node:events';
import { defaultPolicy, httpTransport, maskColumn } from 'countersign';
import { createProxy, type ProxyOptions, type UpstreamOptions } from 'countersign/proxy';
import { answerMemory } from './resident-memory.js';

/** What the parent gives on the command line, as JSON. */
export interface ProxySetup {
  readonly upstream: UpstreamOptions;
  readonly tokens: ProxyOptions['tokens'];
  readonly maskedColumn: string;
  readonly journal: string;
  readonly receiver: string;
}

const setup = JSON.parse(process.argv[2] ?? '{}') as ProxySetup;
const proxy = await createProxy({
  governor: {
    policy: defaultPolicy(),
    masks: [maskColumn(setup.maskedColumn, 'email')],
    audit: { directory: setup.journal, transports: [httpTransport({ url: setup.receiver })] },
  },
  tokens: setup.tokens,
  listeners: [{ port: 0 }],
  upstreams: { main: setup.upstream },
  limits: { connections: 20_000, connectionsPerAgent: 20_000 },
  credentials: { keys: [{ id: 'bench', secret: new Uint8Array(32).fill(1) }], port: 0, ttlSeconds: 3_600 },
});
const [address] = proxy.addresses;
process.send?.({
  port: address !== undefined && 'port' in address ? address.port : 0,
  credentials: `${proxy.credentialsUrl ?? ''}/v1/credentials`,
});
answerMemory();
await once(process, 'disconnect');
await proxy.close();
process.exit();
