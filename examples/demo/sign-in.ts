import { clientCredentials, createTokenVerifier, type Identity } from 'countersign';

/** What an agent has from its OIDC issuer. */
export interface Credentials {
  readonly issuer: string;
  readonly audience: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Gets a token with the agent's own secret, and verifies it: what a long-running agent leaves to `createRenewingIdentity`. */
export async function signIn({ issuer, audience, ...client }: Credentials): Promise<Identity> {
  const verifier = createTokenVerifier({ issuer, audience });
  return verifier.verify(await clientCredentials(client).getToken());
}
