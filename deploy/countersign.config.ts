import { readFileSync } from 'node:fs';
import { defaultPolicy, httpTransport, loadPolicy } from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};
/** A secret is a file, as Docker and Kubernetes mount them, whose path is in the environment. */
const secret = (name: string): string => readFileSync(need(name), 'utf8').trim();
const list = (name: string): readonly string[] => need(name).split(',');

const config = async (): Promise<CountersignConfig> => {
  const {
    POLICY_FILE: policyFile,
    DATABASE_CA_FILE: caFile,
    COLLECTOR_CA_FILE: collectorCa,
    TLS_DIRECTORY: tls = '/etc/countersign/tls',
  } = process.env;
  return {
    governor: {
      policy: policyFile === undefined ? defaultPolicy() : await loadPolicy(policyFile),
      audit: {
        directory: process.env['AUDIT_DIRECTORY'] ?? '/var/lib/countersign',
        transports: [
          httpTransport({
            url: need('COLLECTOR_URL'),
            token: () => Promise.resolve(secret('COLLECTOR_TOKEN_FILE')),
            ...(collectorCa !== undefined && { tls: { ca: readFileSync(collectorCa) } }),
          }),
        ],
      },
    },
    proxy: {
      tokens: { issuer: need('ISSUER'), audience: need('AUDIENCE') },
      listeners: [{ host: '0.0.0.0', port: 3306, tls: { certFile: `${tls}/tls.crt`, keyFile: `${tls}/tls.key` } }],
      upstreams: {
        main: {
          hosts: list('DATABASE_HOSTS'),
          // Asked for each connection: a password that was changed holds for the next one.
          login: () => ({ user: need('DATABASE_USER'), password: secret('DATABASE_PASSWORD_FILE') }),
          ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
        },
      },
      admin: { host: '0.0.0.0', port: 9090 },
    },
  };
};

export default config;
