/** How much of a result stands in a record, at most. */
export interface CaptureBounds {
  /** 1 to 10,000. */
  readonly rows: number;
  /** Bytes of the rows as JSON: 1 to 262,144. */
  readonly bytes: number;
}

/** How a statement is to be recorded. */
export interface RecordDemand {
  /** What the record has to survive before the statement goes out: of several, and of the trail's own, the strongest holds. */
  readonly durability?: 'os' | 'disk' | 'remote';
  /**
   * What the record tells of the statement's values. `full`: all but what masks hide. `redacted`: how many parameters there are, and which of them
   * are NULL. `none`: nothing. With both of the latter, the text is the fingerprint. Of several, what tells least holds. Default `full`.
   */
  readonly parameters?: 'full' | 'redacted' | 'none';
  /**
   * `statement`: a record for each statement. `summary`: one a minute for all that are alike (agent, task, account, schema, fingerprint), with counts.
   * What is refused, asked approval for or warned of has its own record all the same. A process that is killed takes the last minute's
   * counts with it. Of several, `statement` holds. Default `statement`.
   */
  readonly detail?: 'statement' | 'summary';
  /**
   * The first rows that the caller gets are recorded, masked as they are, with a digest of all of them. Of several, the least of each bound holds.
   * Nothing is captured of a statement that is redacted, that is only counted, that is not understood, or whose answer may hold
   * passwords or other statements (schema mysql, performance_schema, SHOW GRANTS …). Default: nothing.
   */
  readonly capture?: CaptureBounds;
}

/** The strongest first. */
const DURABILITIES: readonly RecordDemand['durability'][] = ['remote', 'disk', 'os'];
/** What tells most first. */
const DETAILS: readonly RecordDemand['detail'][] = ['statement', 'summary'];
/** What tells least first. */
const PARAMETERS: readonly RecordDemand['parameters'][] = ['none', 'redacted', 'full'];

/** What holds of several demands; undefined where there are none. */
export function strictest(demands: readonly RecordDemand[]): RecordDemand | undefined {
  if (demands.length === 0) return undefined;
  const durability = DURABILITIES.find((each) => demands.some((demand) => demand.durability === each));
  const parameters = PARAMETERS.find((each) => demands.some((demand) => demand.parameters === each));
  const captures = demands.flatMap(({ capture }) => capture ?? []);
  const detail = DETAILS.find((each) => demands.some((demand) => demand.detail === each));
  return Object.freeze({
    ...(durability !== undefined && { durability }),
    ...(parameters !== undefined && { parameters }),
    ...(detail !== undefined && { detail }),
    ...(captures.length > 0 && { capture: narrowest(captures) }),
  });
}

function narrowest(captures: readonly CaptureBounds[]): CaptureBounds {
  return {
    rows: Math.min(...captures.map(({ rows }) => rows)),
    bytes: Math.min(...captures.map(({ bytes }) => bytes)),
  };
}
