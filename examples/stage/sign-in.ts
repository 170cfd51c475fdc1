import { clientCredentials, createTokenVerifier, type Identity } from 'countersign';

/** What an agent has from its OIDC issuer. */
export interface Credentials {
  readonly issuer: string;
  readonly audience: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Gets a token with the agent's own secret. */
export function getToken({ tokenEndpoint, audience, clientId, clientSecret }: Credentials): Promise<string> {
  return clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }).getToken();
}

/** Gets a token, and verifies it: what a long-running agent leaves to `createRenewingIdentity`. */
export async function signIn(credentials: Credentials): Promise<Identity> {
  const { issuer, audience } = credentials;
  return createTokenVerifier({ issuer, audience }).verify(await getToken(credentials));
}
