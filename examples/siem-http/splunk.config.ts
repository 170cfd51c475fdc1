import { maskColumn, splunkHec } from 'countersign';
import type { CountersignConfig } from 'countersign/proxy';
import { agentIdentity, env } from './agent-identity.js';

/** Splunk, by its HTTP Event Collector. The token is one with indexer acknowledgement, and may write to the index. */
const config = async (): Promise<CountersignConfig> => ({
  governor: {
    identity: await agentIdentity(),
    masks: [maskColumn('*.customers.email', 'email')],
    audit: {
      directory: env('AUDIT_DIRECTORY'),
      transports: [
        splunkHec({
          url: env('SPLUNK_URL'), // https://splunk.example:8088
          token: env('SPLUNK_TOKEN'),
          index: 'audit',
          acknowledgement: {}, // a batch is accepted once indexers have it
        }),
      ],
    },
  },
});

export default config;
