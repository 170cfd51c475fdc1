import { clientCredentials, createRenewingIdentity, createTokenVerifier, fileTransport } from 'countersign';

const { issuer, audience, tokenEndpoint, clientId, clientSecret } = JSON.parse(process.env['AGENT']);

export default async () => ({
  governor: {
    identity: await createRenewingIdentity({
      verifier: createTokenVerifier({ issuer, audience }),
      source: clientCredentials({ tokenEndpoint, audience, clientId, clientSecret }),
    }),
    audit: {
      directory: `${process.env['RECORDS']}-journal`,
      transports: [fileTransport({ path: process.env['RECORDS'] })],
    },
  },
});
