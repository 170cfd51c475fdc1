import * as v from 'valibot';
import type { AuditTrailOptions } from '../audit/index.js';
import { FailureError } from '../errors.js';
import { checkOptions } from '../options.js';
import { ApprovalDesk } from '../approval/approval-desk.js';
import type { DatabaseAccount } from '../catalogue/index.js';
import type { Approver } from '../approval/approver.js';
import { checkPolicy, type Policy } from '../guardrails/policy.js';
import type { LoadedPolicy } from '../policy/index.js';
import type { Identity, IdentityHolder } from '../identity/identity.js';
import type { MaskRule } from '../masking/mask-rule.js';
import type { TraceContext } from './assertions.js';

/** How a governor is set up. */
export interface GovernorOptions {
  /** Where records are journaled, and where they go from there. */
  readonly audit: AuditTrailOptions;
  /** Whose a statement is when its call says nothing: the process's own agent. Without it, such statements are refused. */
  readonly identity?: Identity | IdentityHolder;
  /**
   * Where a call stands in a distributed trace: with OpenTelemetry, `() => trace.getActiveSpan()?.spanContext()`. Asked for each statement of a pool or
   * connection that is wrapped, as it is called. Without it, the trace is what {@link withContext} says.
   */
  readonly trace?: () => TraceContext | undefined;
  /** The guardrails. Default {@link defaultPolicy}. */
  readonly policy?: Policy | LoadedPolicy;
  /** Where this runs, such as `production`: for rules that hold in some environments only. */
  readonly environment?: string;
  /** Who is asked where a rule wants an approval. Without it, such statements are denied. */
  readonly approver?: Approver;
  /** Milliseconds that a statement waits for its approval, before it is denied. Default 300,000; from 100 to 86,400,000. */
  readonly approvalTimeoutMs?: number;
  /**
   * Asks the server, by EXPLAIN over a connection of the governor's own, how many rows a statement would look at before somebody is asked to approve it.
   * Default false.
   */
  readonly approvalEstimates?: boolean;
  /** How the schemas of the databases are read, so that views, routines and triggers are judged by what they do; `false` for not at all. */
  readonly catalogue?: CatalogueSettings | false;
  /**
   * Whether each statement goes to the server with a comment in front that names agent, task and session, in the form of sqlcommenter, so that the
   * server's own logs and process list say who runs it. Default true.
   */
  readonly tag?: boolean;
  /** The masked columns. Default none. */
  readonly masks?: readonly MaskRule[];
  /** Most bytes of one packet from the client. Default 256 MiB; from 1 MiB to 2 GiB. */
  readonly maxPacketBytes?: number;
  /** Most statements prepared on one connection. Default 16,382, which is MySQL's own default. */
  readonly maxPreparedStatements?: number;
  /** Most bytes of a statement's text in its record. Default 65,536; from 256 to 16 MiB. */
  readonly maxRecordedTextBytes?: number;
}

/** How the schemas of the databases are read. */
export interface CatalogueSettings {
  /**
   * Who reads them, where the connections' own account may not see all of it: it needs SELECT, SHOW VIEW and TRIGGER, and for the bodies of
   * routines SHOW_ROUTINE on MySQL (or SELECT on everything, on both).
   */
  readonly account?: DatabaseAccount;
  /** Milliseconds until what was read is read again; what is changed through Countersign is read again at once. Default 30,000; from 1,000 to 3,600,000. */
  readonly maxAgeMs?: number;
}

const whole = (min: number, max: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));

const identity = v.custom<GovernorOptions['identity']>(
  (value) => typeof value === 'object' && value !== null && ('current' in value || 'expiresAtMs' in value),
  'must be a verified identity (verifier.verify) or a renewing one (createRenewingIdentity)',
);
const mask = v.looseObject({ columns: v.array(v.array(v.string())), tags: v.array(v.string()), masker: v.function() });

const schema = v.strictObject({
  audit: v.looseObject({ directory: v.pipe(v.string(), v.nonEmpty('must name a directory')) }),
  identity: v.optional(identity),
  trace: v.optional(v.function()),
  policy: v.optional(v.looseObject({ name: v.string(), rules: v.array(v.unknown()) })),
  environment: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(256))),
  approver: v.optional(v.function()),
  approvalTimeoutMs: whole(100, 86_400_000),
  approvalEstimates: v.optional(v.boolean()),
  catalogue: v.optional(
    v.union([
      v.literal(false),
      v.strictObject({
        account: v.optional(v.strictObject({ user: v.string(), password: v.string() })),
        maxAgeMs: whole(1_000, 3_600_000),
      }),
    ]),
  ),
  tag: v.optional(v.boolean()),
  masks: v.optional(v.array(mask)),
  maxPacketBytes: whole(1 << 20, 2 ** 31),
  maxPreparedStatements: whole(1, 1_048_576),
  maxRecordedTextBytes: whole(256, 1 << 24),
});

/** A governor's options, checked. */
export interface ParsedGovernorOptions {
  readonly limits: { maxPacketBytes: number; maxPreparedStatements: number; maxRecordedTextBytes: number };
  readonly policy: Policy | undefined;
  readonly environment: string | undefined;
  readonly approvals: ApprovalDesk | undefined;
  readonly catalogue: (Required<Pick<CatalogueSettings, 'maxAgeMs'>> & CatalogueSettings) | undefined;
  readonly masks: readonly MaskRule[];
}

/**
 * Checks a governor's options.
 * @throws FailureError `OPTIONS_INVALID` naming every problem
 */
export function parseGovernorOptions(options: GovernorOptions): ParsedGovernorOptions {
  checkOptions('createGovernor', schema, options);
  const { policy, masks } = readPolicy(options);
  if (options.catalogue === false && masks.some(({ tags }) => tags.length > 0)) {
    throw new FailureError(
      'OPTIONS_INVALID',
      'createGovernor: masks: tags are read from the catalogue: do not switch it off',
    );
  }
  return {
    limits: {
      maxPacketBytes: options.maxPacketBytes ?? 256 * 1024 * 1024,
      maxPreparedStatements: options.maxPreparedStatements ?? 16_382,
      maxRecordedTextBytes: options.maxRecordedTextBytes ?? 65_536,
    },
    policy,
    environment: options.environment,
    approvals: options.approver && new ApprovalDesk(options.approver, options.approvalTimeoutMs ?? 300_000),
    catalogue: options.catalogue === false ? undefined : { maxAgeMs: 30_000, ...options.catalogue },
    masks,
  };
}

/** The masks that stand in code go before those of the policy's file. */
function readPolicy({ policy, masks = [] }: GovernorOptions): Pick<ParsedGovernorOptions, 'policy' | 'masks'> {
  if (policy === undefined) return { policy, masks };
  if (!('masks' in policy)) return { policy: checkPolicy(policy), masks };
  const { masks: loaded, ...rules } = policy;
  return { policy: checkPolicy(rules), masks: [...masks, ...loaded] };
}
