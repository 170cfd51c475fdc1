import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { policyJsonSchema, schemaUrl } from '../../scripts/policy-schema.js';

test('the JSON schema that is shipped is the one of the code', () => {
  const shipped: unknown = JSON.parse(readFileSync(schemaUrl, 'utf8'));
  expect(shipped).toEqual(policyJsonSchema());
  expect(shipped).toMatchObject({ required: ['version', 'name'], additionalProperties: false });
});
