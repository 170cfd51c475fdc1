import { defineRule } from './define-rule.js';
import type { FactName } from './facts.js';
import { onlyRoutines } from './only-routines.js';
import type { Policy } from './policy.js';
import type { Rule } from './rule.js';

/** What a preset can be told to allow beside what it allows anyway. */
export interface PresetOptions {
  /**
   * Procedures, functions, triggers and views that may do what they like: `schema.name`, or `name`. Without them, what a catalogue shows the inside
   * of is judged by what it does, and everything else is denied but for the server's own functions. Default none.
   */
  readonly routines?: readonly string[];
  /** Allow LOAD DATA LOCAL INFILE where the preset allows writes. Default false. */
  readonly localInfile?: boolean;
  /** Allow several statements in one text; each is judged by itself. Default true. */
  readonly multiStatements?: boolean;
}

/** Names of the presets. */
export type PresetName = 'readOnly' | 'bounded' | 'migration' | 'dump';

/** Makes a rule that denies what has one of the facts, outside of the listed routines. */
type Deny = (name: string, ...facts: readonly FactName[]) => Rule;

function denier({ routines = [] }: PresetOptions): Deny {
  const within = routinePatterns(routines);
  const exception = within.length === 0 ? {} : { except: { within } };
  return (name, ...facts) => defineRule({ name, effect: 'deny', match: { facts }, ...exception });
}

const routinePatterns = (routines: readonly string[]): readonly string[] =>
  routines.map((name) => (name.includes('.') ? name : `*.${name}`));

const allow = (name: string, ...facts: readonly FactName[]): Rule =>
  defineRule({ name, effect: 'allow', match: { facts } });

/** Denied in every preset: what escapes, blinds, or is not understood. The first that matches gives the reason. */
function guards(options: PresetOptions): readonly Rule[] {
  const { routines = [], multiStatements = true } = options;
  const deny = denier(options);
  return [
    deny('no-dynamic-sql', 'dynamic-sql'),
    deny('no-privilege-statements', 'privilege'),
    deny('no-administration', 'administration'),
    deny('no-unknown-statements', 'unknown'),
    ...(multiStatements ? [] : [deny('no-multi-statements', 'multi-statement')]),
    deny('no-side-effect-functions', 'side-effect-function', 'resource-abuse'),
    deny('no-named-locks', 'named-lock'),
    onlyRoutines(routines),
  ];
}

function fileRules(options: PresetOptions): readonly Rule[] {
  const deny = denier(options);
  return options.localInfile === true
    ? [deny('no-file-access', 'file-access')]
    : [deny('no-file-access', 'file-access', 'local-infile')];
}

function always({ routines = [] }: PresetOptions): readonly Rule[] {
  const within = routinePatterns(routines);
  return [
    allow('reads', 'read'),
    allow('session-statements', 'session'),
    defineRule({ name: 'calls', effect: 'allow', match: { kinds: ['call'] } }),
    ...(within.length > 0 ? [defineRule({ name: 'listed-routines', effect: 'allow', match: { within } })] : []),
  ];
}

/** Reads, and nothing that writes, locks rows or touches files. Sessions are put into the server's read-only mode, too. */
export function readOnlyPolicy(options: PresetOptions = {}): Policy {
  const deny = denier(options);
  return {
    name: 'read-only',
    serverReadOnly: true,
    rules: [
      ...guards(options),
      deny('no-file-access', 'file-access', 'local-infile'),
      deny('no-ddl', 'ddl'),
      deny('no-writes', 'write'),
      deny('no-locking-reads', 'locking-read'),
      deny('no-read-write-mode', 'read-write-mode'),
      ...always(options),
    ],
  };
}

/** Reads, and writes that say which rows they mean. No DDL. */
export function boundedPolicy(options: PresetOptions = {}): Policy {
  const deny = denier(options);
  return {
    name: 'bounded',
    rules: [
      ...guards(options),
      ...fileRules(options),
      deny('no-ddl', 'ddl'),
      deny('no-unbounded-writes', 'no-where', 'constant-where', 'unbounded-table', 'query-upsert'),
      ...always(options),
      // DDL writes as well: whoever allows it says so.
      defineRule({ name: 'bounded-writes', effect: 'allow', match: { facts: ['write'] }, except: { facts: ['ddl'] } }),
      allow('locking-reads', 'locking-read'),
    ],
  };
}

/** What a migration may do beside: it drops tables, so that a WHERE bounds little, fills new columns, and keeps others of its kind out. */
const FOR_MIGRATIONS: ReadonlySet<string> = new Set(['no-ddl', 'no-unbounded-writes', 'no-named-locks']);

/** As {@link boundedPolicy}, and DDL, writes of whole tables and named locks: for migrations. */
export function migrationPolicy(options: PresetOptions = {}): Policy {
  const { rules } = boundedPolicy(options);
  return {
    name: 'migration',
    rules: [...rules.filter(({ name }) => !FOR_MIGRATIONS.has(name)), allow('schema-changes', 'ddl')],
  };
}

/** How mysqldump keeps tables as they are while it reads them. */
const LOCKS_OF_DUMPS: readonly string[] = ['LOCK TABLES', 'UNLOCK TABLES'];

/** As {@link readOnlyPolicy}, and LOCK TABLES … READ: for mysqldump and its like. */
export function dumpPolicy(options: PresetOptions = {}): Policy {
  const { rules } = readOnlyPolicy(options);
  const locks = { operations: LOCKS_OF_DUMPS };
  const loosened: Readonly<Record<string, FactName>> = {
    'no-administration': 'administration',
    'no-locking-reads': 'locking-read',
  };
  const kept = rules.map((rule) => {
    const fact = loosened[rule.name];
    if (fact === undefined) return rule;
    return defineRule({ name: rule.name, effect: 'deny', match: { facts: [fact] }, except: locks });
  });
  return {
    name: 'dump',
    serverReadOnly: true,
    rules: [...kept, defineRule({ name: 'locks-of-dumps', effect: 'allow', match: locks })],
  };
}

/** The policy that is safe on day one for agents: {@link boundedPolicy}. */
export function defaultPolicy(options: PresetOptions = {}): Policy {
  return { ...boundedPolicy(options), name: 'default' };
}

/** The presets by name. */
export const presets: Readonly<Record<PresetName, (options?: PresetOptions) => Policy>> = {
  readOnly: readOnlyPolicy,
  bounded: boundedPolicy,
  migration: migrationPolicy,
  dump: dumpPolicy,
};
