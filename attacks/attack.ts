import type { RawKind } from './raw/kind-names.js';

/** The rules that attacks try to break. */
export const ATTACK_RULES = [
  'deny_table',
  'identity',
  'no_admin',
  'no_ddl',
  'no_dynamic_sql',
  'no_file_io',
  'no_multi',
  'no_resource_abuse',
  'no_session_tamper',
  'no_unbounded_write',
  'readonly',
] as const;

/** One of them. */
export type AttackRule = (typeof ATTACK_RULES)[number];

/** The first line of a file. */
export interface FileHeader {
  /** Name of the schema that is attacked. */
  readonly database: string;
  readonly schema: readonly string[];
  readonly seed: readonly string[];
  /** `table.column` of what is masked. */
  readonly masked: readonly string[];
  /** `name=value` of server variables, and a word on each. */
  readonly server: { readonly settings: readonly string[] };
}

type Texts = readonly string[];
/** Rows of a result. */
export type Rows = readonly (readonly unknown[])[];

/** What tells whether an attack worked. The first line of a file says what each one looks at. */
export type Oracle =
  | { readonly kind: 'contains' | 'contains_warn' | 'contains_raw'; readonly any: Texts }
  | { readonly kind: 'rows'; readonly rows: Rows }
  | { readonly kind: 'state' | 'session'; readonly sql: string; readonly safe: Rows }
  | { readonly kind: 'elapsed'; readonly ms: number }
  | { readonly kind: 'affected'; readonly value: number }
  | { readonly kind: 'error_errno'; readonly errno: readonly number[] }
  | { readonly kind: 'file'; readonly path: string; readonly any: Texts }
  | {
      readonly kind: 'runs' | 'runs_raw' | 'error_not_syntax' | 'locks' | 'killed' | 'shutdown' | 'identity';
    };

/** What hand-made packets are made of. Which of it a kind reads is said in the first line of a file. */
export interface RawPackets {
  readonly kind: RawKind;
  readonly pre: Texts;
  readonly vars: string | Texts;
  readonly sql: string;
  readonly data: string;
  readonly db: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly collation: number;
  readonly hex: string;
  readonly ids: readonly number[];
}

/** One attack. The first line of a file explains the members. */
export interface Attack {
  readonly id: string;
  readonly target: 'guardrail' | 'masking';
  /** Of every attack on the guardrails. */
  readonly rule?: AttackRule | undefined;
  readonly category: string;
  readonly dialect: 'both' | 'mariadb' | 'mysql';
  readonly via: 'query' | 'execute' | 'multi' | 'raw' | 'driver';
  readonly setup: Texts;
  readonly pre: Texts;
  readonly attack: Texts;
  readonly post: Texts;
  readonly teardown: Texts;
  readonly params?: readonly unknown[] | undefined;
  readonly charset?: string | undefined;
  readonly local_infile?: string | undefined;
  readonly prefile: Readonly<Record<string, string>>;
  readonly append_tag: string;
  readonly call: string;
  /** Of every attack by hand-made packets. */
  readonly raw?: RawPackets | undefined;
  readonly oracle: Oracle;
}

/** A file of attacks. */
export interface AttackFile {
  readonly header: FileHeader;
  readonly attacks: readonly Attack[];
}
