import { clientCredentials, createTokenVerifier, type Identity } from '../../src/identity/index.js';
import { type IssuerClient, startIssuer } from '../issuer/index.js';

/** The agents of tests, demo and bench, at a real issuer of their own. */
export interface Agents {
  readonly issuer: string;
  /** A verified identity; the same one for the same name, except for `short`, whose token lives two seconds. */
  identity(name: string): Promise<Identity>;
  stop(): Promise<void>;
}

const NAMES = ['anna', 'bert', 'cora', 'dave', 'support-agent', 'billing-agent', 'report-agent', 'short'];

function clientOf(name: string): IssuerClient {
  return {
    clientId: `agent-${name}`,
    clientSecret: `secret of ${name}`,
    claims: { name, groups: ['agents'], model: 'model-x' },
    ...(name === 'short' && { ttlSeconds: 2 }),
  };
}

/** Starts an issuer with the agents. */
export async function startAgents(): Promise<Agents> {
  const issuer = await startIssuer(NAMES.map(clientOf));
  const verifier = createTokenVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: ['ES256'],
    clockToleranceSeconds: 0,
  });
  const identities = new Map<string, Promise<Identity>>();
  const get = async (name: string): Promise<Identity> => {
    const { clientId, clientSecret } = clientOf(name);
    const source = clientCredentials({ tokenEndpoint: issuer.tokenEndpoint, clientId, clientSecret });
    return verifier.verify(await source.getToken());
  };
  return {
    issuer: issuer.issuer,
    identity(name): Promise<Identity> {
      if (name === 'short') return get(name);
      const known = identities.get(name) ?? get(name);
      identities.set(name, known);
      return known;
    },
    stop: issuer.stop,
  };
}
