import { clientCredentials, createRenewingIdentity, createTokenVerifier, type RenewingIdentity } from 'countersign';

/** What is secret, or differs from place to place, is in the environment. */
export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** Who the program is: its own token, which is renewed. */
export function agentIdentity(): Promise<RenewingIdentity> {
  return createRenewingIdentity({
    verifier: createTokenVerifier({ issuer: env('ISSUER'), audience: env('AUDIENCE') }),
    source: clientCredentials({
      tokenEndpoint: env('TOKEN_ENDPOINT'),
      audience: env('AUDIENCE'),
      clientId: env('CLIENT_ID'),
      clientSecret: env('CLIENT_SECRET'),
    }),
  });
}
