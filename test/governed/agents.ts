import { clientCredentials, createTokenVerifier, type Identity } from '../../src/identity/index.js';
import { type IssuerClient, startIssuer } from '../issuer/index.js';

/** What an agent signs in with. Plain data, for a process of its own. */
export interface Credentials {
  readonly issuer: string;
  readonly audience: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The agents of tests, demo and bench, at a real issuer of their own. */
export interface Agents {
  readonly issuer: string;
  credentials(name: string): Credentials;
  /** A verified identity; the same one for the same name, except for `short`, whose tokens live two seconds. */
  identity(name: string): Promise<Identity>;
  stop(): Promise<void>;
}

const NAMES = ['anna', 'bert', 'cora', 'dave', 'support-agent', 'billing-agent', 'report-agent', 'short'];

function clientOf(name: string): IssuerClient {
  return {
    clientId: `agent-${name}`,
    clientSecret: `secret of ${name}`,
    claims: { name, groups: ['agents'], model: 'model-x', ...(name === 'cora' && { purpose: 'fraud-check' }) },
    ...(name === 'short' && { ttlSeconds: 2 }),
  };
}

/** Gets a token, and verifies it. */
export async function signIn({ issuer, audience, ...client }: Credentials): Promise<Identity> {
  const verifier = createTokenVerifier({ issuer, audience, algorithms: ['ES256'], clockToleranceSeconds: 0 });
  return verifier.verify(await clientCredentials(client).getToken());
}

/** Starts an issuer with the agents. */
export async function startAgents(): Promise<Agents> {
  const { issuer, audience, tokenEndpoint, stop } = await startIssuer(NAMES.map(clientOf));
  const identities = new Map<string, Promise<Identity>>();
  const credentials = (name: string): Credentials => {
    const { clientId, clientSecret } = clientOf(name);
    return { issuer, audience, tokenEndpoint, clientId, clientSecret };
  };
  return {
    issuer,
    credentials,
    identity(name): Promise<Identity> {
      const known = name === 'short' ? undefined : identities.get(name);
      const identity = known ?? signIn(credentials(name));
      identities.set(name, identity);
      return identity;
    },
    stop,
  };
}
