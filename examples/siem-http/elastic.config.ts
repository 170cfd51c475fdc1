import { elastic, maskColumn } from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';
import { agentIdentity, env } from './agent-identity.js';

/** Elasticsearch, by `_bulk` into a data stream. The key is one that may create documents in it; they are ECS. */
const config = async (): Promise<CountersignConfig> => ({
  governor: {
    identity: await agentIdentity(),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: {
      directory: env('AUDIT_DIRECTORY'),
      transports: [
        elastic({
          url: env('ELASTIC_URL'), // https://elastic.example:9200
          apiKey: env('ELASTIC_API_KEY'),
          index: 'logs-countersign-default',
        }),
      ],
    },
  },
});

export default config;
