import type { ApprovalStatement } from '../approval/approver.js';
import type { CaptureBounds, RecordDemand } from '../guardrails/record-demand.js';
import type { Verdict } from '../guardrails/verdict.js';
import type { MaskPolicy } from '../masking/mask-policy.js';
import { sideChannelProblem } from '../masking/side-channels.js';
import type { AnalysedStatement } from '../sql/analysis.js';
import { tellsSecrets, touchedTables } from '../sql/index.js';
import { commandName } from '../wire/constants.js';
import type { WireValue } from '../wire/wire-value.js';

/** One statement as it is to be recorded. */
export interface RecordedStatement {
  /** `COM_QUERY` … */
  readonly command: string;
  readonly analysed: AnalysedStatement | undefined;
  /** Holds the text in UTF-8, from `textStart` to `textEnd`. */
  readonly text: Buffer;
  readonly textStart: number;
  readonly textEnd: number;
  /** JSON array, or undefined. */
  readonly parameters: string | undefined;
  /** The text is the fingerprint in its place, or parameters are left out or hidden. */
  readonly redacted: boolean;
  /** How much of its result is to be recorded. */
  readonly capture: CaptureBounds | undefined;
  /** What the rules said; undefined of a command that has no statement, and of one that is refused. */
  readonly verdict: Verdict | undefined;
}

/** A command that carries no statement. */
export function bareStatement(command: number, text: string): RecordedStatement {
  const bytes = Buffer.from(text);
  return {
    command: commandName(command),
    analysed: undefined,
    text: bytes,
    textStart: 0,
    textEnd: bytes.length,
    parameters: undefined,
    redacted: false,
    capture: undefined,
    verdict: undefined,
  };
}

/** A statement as an approver sees it. */
export function approvalStatement({
  analysed,
  text,
  textStart,
  textEnd,
  parameters,
}: RecordedStatement): ApprovalStatement {
  const tables = analysed === undefined ? [] : touchedTables(analysed);
  return {
    text: text.toString('utf8', textStart, textEnd),
    parameters,
    operation: analysed?.analysis.operation ?? 'UNKNOWN',
    fingerprintDigest: analysed?.digest ?? '',
    tables,
  };
}

/** A statement as it came. */
export interface SentStatement {
  readonly command: string;
  readonly analysed: AnalysedStatement;
  /** Holds the text in UTF-8, from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Bound to it; empty where there are none. */
  readonly values: readonly WireValue[];
}

/** A statement for the record: the fingerprint in the place of its text where a literal may be a masked value, or is not to be told. */
export function recordedStatement(
  { command, analysed, bytes, start, end, values }: SentStatement,
  masks: MaskPolicy,
  demand: RecordDemand | undefined,
  verdict: Verdict | undefined,
): RecordedStatement {
  const told = toldOf(analysed, bytes, start, end, demand);
  const redacted = told !== 'full' || masks.effectOn(analysed).redact;
  if (!redacted) {
    const parameters = values.length === 0 ? undefined : JSON.stringify(values);
    const wanted = demand?.capture;
    const capture = wanted === undefined || answersWithSecrets(analysed) ? undefined : wanted;
    return { command, analysed, text: bytes, textStart: start, textEnd: end, parameters, redacted, capture, verdict };
  }
  const text = Buffer.from(analysed.fingerprint);
  const parameters = values.length === 0 || told === 'none' ? undefined : JSON.stringify(values.map(hidden));
  // Its answer may repeat its literals, in names of columns too.
  const capture = undefined;
  return { command, analysed, text, textStart: 0, textEnd: text.length, parameters, redacted, capture, verdict };
}

/** What a record may tell of a statement's values: never a password. */
function toldOf(
  { analysis, secret }: AnalysedStatement,
  bytes: Buffer,
  start: number,
  end: number,
  demand: RecordDemand | undefined,
): NonNullable<RecordDemand['parameters']> {
  const told = demand?.parameters ?? 'full';
  if (told !== 'full') return told;
  // The fingerprint of what cannot be read may end before the password begins.
  const isSecret = secret ?? (analysis.kind === 'unknown' && tellsSecrets(bytes.toString('latin1', start, end)));
  return isSecret ? 'redacted' : 'full';
}

/** Whether its result may hold passwords, or what other statements held: it reads accounts, or the server's own tables of what runs. */
function answersWithSecrets({ analysis, inner = [] }: AnalysedStatement): boolean {
  return [analysis, ...inner.map(({ statement }) => statement.analysis)].some(
    (each) => each.kind === 'unknown' || each.operation === 'SHOW GRANTS' || sideChannelProblem(each) !== undefined,
  );
}

function hidden(value: WireValue): string | null {
  return value === null ? null : '[redacted]';
}
