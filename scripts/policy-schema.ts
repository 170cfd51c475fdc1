/**
 * Writes the JSON schema of policy files, for editors and validators: `npm run schema`.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';

import { policyFileSchema } from '../src/policy/policy-schema.js';

/** Where the schema is kept. */
export const schemaUrl: URL = new URL('../policy.schema.json', import.meta.url);

/** The JSON schema. What it cannot say (time zones, parts of names) is checked when a policy is loaded. */
export function policyJsonSchema(): object {
  return {
    ...toJsonSchema(policyFileSchema, { errorMode: 'ignore', typeMode: 'input' }),
    title: 'Countersign policy',
  };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(schemaUrl, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
}
