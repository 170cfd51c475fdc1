/** What can be wrong with a record, or with what should be there. */
export type Problem =
  | 'edited'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'duplicated'
  | 'forged'
  | 'truncated'
  | 'unknown key'
  | 'open end'
  | 'missing journal';

/** One thing that is wrong. */
export interface Finding {
  readonly problem: Problem;
  /** A warning is not proof: it also comes about without anybody's doing. */
  readonly severity: 'error' | 'warning';
  /** Id of the journal's writer; undefined where what was found is in none. */
  readonly writer: string | undefined;
  /** Number of the record, or of the first of several. */
  readonly seq: number | undefined;
  /** Id of the record, as it stands there. */
  readonly id: string | undefined;
  /** What is wrong, for people. */
  readonly message: string;
}

/** A journal that was verified. */
export interface VerifiedJournal {
  readonly writer: string;
  /** The first so many are not here, as somebody said: delivered before, or kept long enough. */
  readonly elsewhere: number;
  /** Records from the first to the last number, without what is there twice or does not belong there. */
  readonly records: number;
  /** Checkpoints of which signature and root are right. */
  readonly checkpoints: number;
  /** Records that the last of them covers. */
  readonly covered: number;
  /** Whether it ended with a last checkpoint. */
  readonly closed: boolean;
}

/** A key that signed checkpoints: 32 bytes in base64. */
export interface KeyUse {
  readonly key: string;
  /** Given beforehand, vouched for by a trusted one, or believed because it was the first that was seen. */
  readonly trust: 'pinned' | 'linked' | 'first use';
}

/** What a verification found out. */
export interface VerificationReport {
  readonly ok: boolean;
  readonly journals: readonly VerifiedJournal[];
  readonly keys: readonly KeyUse[];
  readonly findings: readonly Finding[];
}
