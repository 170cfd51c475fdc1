import { datadog, maskColumn } from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';
import { agentIdentity, env } from './agent-identity.js';

/** Datadog, by its log intake. It does not say whether it kept records of more than 18 hours ago: have another receiver for what has to be kept. */
const config = async (): Promise<CountersignConfig> => ({
  governor: {
    identity: await agentIdentity(),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: {
      directory: env('AUDIT_DIRECTORY'),
      transports: [
        datadog({
          apiKey: env('DD_API_KEY'),
          url: env('DD_URL'), // leave it out, and name your site: `site: 'datadoghq.eu'`
          service: 'shop-agents',
          tags: 'env:prod',
        }),
      ],
    },
  },
});

export default config;
