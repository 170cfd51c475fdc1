/** Why a statement is not run again. */
export type SkipReason =
  | 'refused'
  | 'aborted'
  | 'truncated'
  | 'redacted'
  | 'parameters'
  | 'schema-change'
  | 'command'
  | 'not-allowed'
  | 'malformed';

/** What each reason means, behind a count in the summary. */
export const SKIP_REASONS: Readonly<Record<SkipReason, string>> = {
  refused: 'refused when it was recorded',
  aborted: 'broken off before it ran',
  truncated: 'cut in its record',
  redacted: 'with values that its record is not to hold',
  parameters: 'with parameters that its record does not hold whole',
  'schema-change': 'choosing a schema, which the records after it name',
  command: 'of a command that cannot be replayed',
  'not-allowed': 'not allowed in this mode',
  malformed: 'with a record that is not understood',
};

/** Why one statement is not run again. */
export interface Skip {
  readonly reason: SkipReason;
  readonly detail?: string;
}
