import { readFileSync } from 'node:fs';
import {
  clientCredentials,
  createRenewingIdentity,
  createTokenVerifier,
  maskColumn,
  syslogTransport,
} from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';

/** What is secret, or differs from place to place, is in the environment. */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};
const pem = (name: string): string => readFileSync(env(name), 'utf8');

const config = async (): Promise<CountersignConfig> => ({
  governor: {
    identity: await createRenewingIdentity({
      verifier: createTokenVerifier({ issuer: env('ISSUER'), audience: env('AUDIENCE') }),
      source: clientCredentials({
        tokenEndpoint: env('TOKEN_ENDPOINT'),
        audience: env('AUDIENCE'),
        clientId: env('CLIENT_ID'),
        clientSecret: env('CLIENT_SECRET'),
      }),
    }),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: {
      directory: env('AUDIT_DIRECTORY'),
      transports: [
        syslogTransport({
          host: env('SYSLOG_HOST'),
          port: Number(env('SYSLOG_PORT')),
          enterpriseNumber: 32473, // that of examples (RFC 5612): take your own
          tls: { ca: pem('SYSLOG_CA'), cert: pem('SYSLOG_CERTIFICATE'), key: pem('SYSLOG_KEY') },
        }),
      ],
    },
  },
});

export default config;
