import { join } from 'node:path';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { maskColumn } from 'countersign';
import { createProxy, type Proxy } from 'countersign/proxy';
import { whenOver } from '../stage/play.js';
import { paint, say } from '../stage/screen.js';
import { getToken } from '../stage/sign-in.js';
import { auditOf, untilDelivered } from '../stage/stage.js';
import { Prisma, PrismaClient } from './prisma/client/client.js';
import { type OrmStage, show } from './stage.js';

/**
 * Prisma, whose driver is not mysql2, through the proxy: the agent's token is the password, and its task is in the user's name. A client of the proxy is told the
 * rule in the error's message; the record is at the collector, under the task.
 */
export default async function runPrisma(stage: OrmStage): Promise<void> {
  const proxy = await startProxy(stage);
  whenOver(() => proxy.close());
  const [address] = proxy.addresses;
  if (address === undefined || 'socketPath' in address) throw new Error('the proxy does not listen');
  const { host, port, certificate } = address;
  const adapter = new PrismaMariaDb({
    ...{ host, port, ssl: { ca: certificate } },
    user: 'support-agent+SUP-1042',
    password: await getToken(stage.agents.credentials('support-agent')),
    database: stage.schema.name,
    connectionLimit: 1,
  });
  const client = new PrismaClient({ adapter });
  whenOver(() => client.$disconnect());
  show(await client.customer.findMany({ where: { city: 'Bern' } }));
  await client.customer.deleteMany().catch((error: unknown) => {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError)) throw error;
    say(`   ${paint('red', error.message.split('\n').at(-1) ?? '')}`);
  });
  await untilDelivered(proxy.governor);
}

function startProxy({ directory, collector, agents, schema, database }: OrmStage): Promise<Proxy> {
  const { issuer, audience } = agents.credentials('support-agent');
  const { host, port, user, password } = schema.connection;
  return createProxy({
    governor: {
      masks: [maskColumn(`${schema.name}.customers.email`, 'email')],
      audit: auditOf({ directory: join(directory, 'proxy'), collector }),
    },
    tokens: { issuer, audience },
    listeners: [{ port: 0 }],
    upstreams: { shop: { hosts: [`${host}:${port}`], login: { user, password }, tls: { ca: database.ca ?? '' } } },
  });
}
