import { defaultPolicy, httpTransport, maskColumn } from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';

/** What is secret, or differs from place to place, is in the environment. */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const config = (): CountersignConfig => ({
  governor: {
    policy: defaultPolicy(),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: {
      directory: env('AUDIT_DIRECTORY'),
      transports: [httpTransport({ url: `${env('COLLECTOR_URL')}/v1/records`, token: env('COLLECTOR_TOKEN') })],
    },
  },
  proxy: {
    tokens: { issuer: env('ISSUER'), audience: env('AUDIENCE') },
    listeners: [
      { port: Number(env('PROXY_PORT')), tls: { certFile: env('TLS_CERTIFICATE'), keyFile: env('TLS_KEY') } },
    ],
    upstreams: {
      shop: {
        hosts: [env('DATABASE_HOST')],
        login: { user: env('DATABASE_USER'), password: env('DATABASE_PASSWORD') },
        tls: { ca: env('DATABASE_CA') },
      },
    },
    credentials: { keys: [{ id: '2026-11', secret: Buffer.from(env('CREDENTIAL_KEY'), 'base64') }], port: 0 },
    admin: { port: 0 },
  },
});

export default config;
