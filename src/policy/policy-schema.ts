/**
 * What a policy file holds, and the schema that it is checked against.
 *
 * @module
 */

import * as v from 'valibot';

import type { RuleDefinition } from '../guardrails/define-rule.js';
import { factNames } from '../guardrails/facts.js';
import { effectSchema, nameSchema, recordSchema } from '../guardrails/policy.js';
import type { PresetName } from '../guardrails/presets.js';
import type { MaskDefinition } from '../masking/mask-rule.js';
import { maskSchema } from '../masking/mask-schema.js';
import { callerMatchSchema as callerMatch, patternsSchema as patterns } from '../matching/index.js';

const KINDS = [
  'select',
  'insert',
  'replace',
  'update',
  'delete',
  'ddl',
  'call',
  'load',
  'transaction',
  'session',
  'show',
  'explain',
  'use',
  'administration',
  'unknown',
] as const;

const dotted = (parts: number, what: string) =>
  v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check((text) => text.split('.').length >= parts, `must be ${what}`),
      ),
    ),
    v.minLength(1, 'must not be empty'),
  );
const statementMatch = v.strictObject({
  operations: v.optional(patterns),
  kinds: v.optional(v.pipe(v.array(v.picklist(KINDS)), v.minLength(1, 'must not be empty'))),
  tables: v.optional(dotted(2, 'schema.table')),
  access: v.optional(v.picklist(['read', 'write'])),
  columns: v.optional(dotted(3, 'schema.table.column')),
  functions: v.optional(patterns),
  routines: v.optional(patterns),
  within: v.optional(patterns),
  facts: v.optional(v.pipe(v.array(v.picklist(factNames)), v.minLength(1, 'must not be empty'))),
  digests: v.optional(patterns),
});

const bound = v.pipe(v.number(), v.safeInteger('must be a whole number'), v.minValue(1, 'must be at least 1'));

const rule = v.strictObject({
  name: nameSchema,
  effect: effectSchema,
  reason: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(1_000))),
  dryRun: v.optional(v.boolean()),
  match: v.optional(statementMatch),
  except: v.optional(statementMatch),
  for: v.optional(callerMatch),
  exceptFor: v.optional(callerMatch),
  environments: v.optional(patterns),
  limits: v.optional(
    v.strictObject({
      maxRows: v.optional(bound),
      maxBytes: v.optional(bound),
      maxDurationMs: v.optional(bound),
      onExceed: v.optional(v.picklist(['error', 'truncate'])),
    }),
  ),
  record: v.optional(recordSchema),
});

const policyFile = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.literal(1, 'must be 1'),
  name: nameSchema,
  extends: v.optional(v.picklist(['default', 'readOnly', 'bounded', 'migration', 'dump'])),
  disable: v.optional(v.array(nameSchema)),
  routines: v.optional(patterns),
  localInfile: v.optional(v.boolean()),
  multiStatements: v.optional(v.boolean()),
  otherwise: v.optional(v.picklist(['allow', 'deny'])),
  dryRun: v.optional(v.boolean()),
  serverReadOnly: v.optional(v.boolean()),
  rules: v.optional(v.array(rule)),
  masks: v.optional(v.array(maskSchema)),
});

/** What a policy file holds. Members that were not given are absent. */
export interface PolicyFile {
  readonly version: 1;
  readonly name: string;
  /** The preset whose rules stand behind those of the file. Default none. */
  readonly extends?: 'default' | PresetName;
  /** Rules of the preset that are left out. A rule of the same name in the file replaces one, too. */
  readonly disable?: readonly string[];
  /** See {@link PresetOptions}. */
  readonly routines?: readonly string[];
  readonly localInfile?: boolean;
  readonly multiStatements?: boolean;
  /** What becomes of a statement that no rule decides upon. Default `deny`. */
  readonly otherwise?: 'allow' | 'deny';
  /** All rules are on a dry run. Default false. */
  readonly dryRun?: boolean;
  /** Also the server's own read-only mode. Default what the preset says. */
  readonly serverReadOnly?: boolean;
  readonly rules?: readonly RuleDefinition[];
  /** Of those that a column fits, the first counts. */
  readonly masks?: readonly MaskDefinition[];
}

/** The schema of a policy file. */
export const policyFileSchema: v.GenericSchema<unknown, PolicyFile> = policyFile as v.GenericSchema<
  unknown,
  PolicyFile
>;
