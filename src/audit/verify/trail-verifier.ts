import type { SignedCheckpoint } from '../seal/checkpoint.js';
import type { TreeFrontier } from '../seal/merkle-tree.js';
import type { Finding, VerificationReport, VerifiedJournal } from './findings.js';
import { type Claim, type Delivered, JournalJudgement } from './journal-judgement.js';
import { JournalLedger } from './journal-ledger.js';
import { isSignedWith, trustedKeys } from './key-trust.js';
import { readFrame } from './record-frame.js';

/** What a trail is verified against. */
export interface VerificationGrounds {
  /** Public keys that are known to be right: 32 bytes in base64 each. Without any, the first key seen is believed. */
  readonly keys?: readonly string[];
  /** Checkpoints that somebody else has kept. */
  readonly witnessed?: readonly SignedCheckpoint[];
  /** Whether journals that are named may be gone: a journal directory holds what is not delivered yet. */
  readonly partial?: boolean;
}

const NOTHING_DELIVERED: Delivered = { seq: 0, tree: { size: 0, roots: [] } };

/**
 * Verifies audit records offline: give it the records, then ask for the report.
 *
 * It keeps 64 bytes a record, and trusts nothing in them: every record has to be chained to by the next, and covered by a checkpoint that a trusted key signed.
 */
export class TrailVerifier {
  readonly #ledgers = new Map<string, JournalLedger>();
  readonly #delivered = new Map<string, Delivered>();
  readonly #findings: Finding[] = [];
  #last: JournalLedger | undefined;
  #lines = 0;

  /** Takes the next record, of any journal; those of one journal in their order. @param record - attacker-controlled */
  add(record: Buffer): void {
    this.#lines += 1;
    const frame = readFrame(record.toString());
    if (frame === undefined) {
      if (this.#last === undefined) this.#stray();
      else this.#last.addUnreadable(record);
      return;
    }
    let ledger = this.#ledgers.get(frame.writer);
    if (ledger === undefined) this.#ledgers.set(frame.writer, (ledger = new JournalLedger(frame.writer)));
    ledger.add(record, frame);
    this.#last = ledger;
  }

  /**
   * Says that the first records of a journal were delivered and are kept elsewhere, or were kept long enough.
   * @param tree - over just those; without it no root of the journal can be checked
   */
  deliveredUpTo(writer: string, seq: number, tree: TreeFrontier | undefined): void {
    this.#delivered.set(writer, { seq, tree });
  }

  /** The ledger of a journal, for proofs. */
  ledger(writer: string): JournalLedger | undefined {
    return this.#ledgers.get(writer);
  }

  /** What was found out about the records so far. */
  report(grounds: VerificationGrounds = {}): VerificationReport {
    const { keys: pinned = [], partial = false } = grounds;
    const witnessed = (grounds.witnessed ?? []).filter(({ writerId, size }) => !this.#isElsewhere(writerId, size));
    const findings = [...this.#findings];
    const firsts = [...this.#ledgers.values()].map((ledger) => ledger.firstCheckpoint);
    const keys = trustedKeys(
      firsts.filter((found) => found !== undefined),
      pinned,
    );
    const isTrusted = (found: SignedCheckpoint): boolean => keys.has(found.key) && isSignedWith(found, found.key);

    const trusted = new Map<string, Map<number, SignedCheckpoint>>();
    for (const ledger of this.#ledgers.values()) trusted.set(ledger.writer, keep(ledger, isTrusted, findings));
    const claims = this.#claims(trusted, witnessed.filter(isTrusted), partial, findings);
    for (const note of witnessed) if (!isTrusted(note)) findings.push(unknownWitness(note));

    const journals: VerifiedJournal[] = [];
    for (const [writer, ledger] of this.#ledgers) {
      const judgement = new JournalJudgement(ledger, {
        checkpoints: trusted.get(writer) ?? new Map<number, SignedCheckpoint>(),
        claims: claims.get(writer) ?? [],
        delivered: this.#delivered.get(writer) ?? NOTHING_DELIVERED,
      });
      journals.push(judgement.judge());
      findings.push(...judgement.findings);
    }
    const ok = findings.every(({ severity }) => severity === 'warning');
    return { ok, journals, keys: [...keys.values()], findings };
  }

  /** Whether nothing of a journal is to be here. */
  #isElsewhere(writer: string, size: number): boolean {
    return !this.#ledgers.has(writer) && size <= (this.#delivered.get(writer)?.seq ?? -1);
  }

  #stray(): void {
    const message = `line ${this.#lines}: is no record`;
    const nowhere = { writer: undefined, seq: undefined, id: undefined };
    this.#findings.push({ problem: 'inserted', severity: 'error', ...nowhere, message });
  }

  /** What witnesses and later journals say of each journal. */
  #claims(
    trusted: ReadonlyMap<string, ReadonlyMap<number, SignedCheckpoint>>,
    witnessed: readonly SignedCheckpoint[],
    partial: boolean,
    findings: Finding[],
  ): Map<string, Claim[]> {
    const claims = new Map<string, Claim[]>();
    const claim = (writer: string, size: number, root: string, source: string, isWitness: boolean): void => {
      if (this.#ledgers.has(writer)) claims.set(writer, [...(claims.get(writer) ?? []), { size, root, source }]);
      else if (isWitness || (!partial && !this.#isElsewhere(writer, size)))
        findings.push(missingJournal(writer, size, source, isWitness));
    };
    for (const { writerId, size, root } of witnessed)
      claim(writerId, size, root, 'a checkpoint that was kept elsewhere', true);
    for (const [writer, checkpoints] of trusted) {
      for (const { previous } of checkpoints.values()) {
        for (const { writerId, size, root } of previous) claim(writerId, size, root, `journal ${writer}`, false);
      }
    }
    return claims;
  }
}

/** The checkpoints of a journal that count. Says which do not. */
function keep(
  { writer, checkpoints }: JournalLedger,
  isTrusted: (found: SignedCheckpoint) => boolean,
  findings: Finding[],
): Map<number, SignedCheckpoint> {
  const kept = new Map<number, SignedCheckpoint>();
  for (const { line, seq, id, checkpoint } of checkpoints) {
    if (checkpoint === undefined) continue;
    if (isTrusted(checkpoint)) {
      kept.set(line, checkpoint);
      continue;
    }
    const isOwn = isSignedWith(checkpoint, checkpoint.key);
    const message = isOwn
      ? `record ${seq}: signed with the key ${checkpoint.key}, which is neither given nor vouched for by one that is`
      : `record ${seq}: its signature is not that of the key ${checkpoint.key}`;
    findings.push({ problem: isOwn ? 'unknown key' : 'forged', severity: 'error', writer, seq, id, message });
  }
  return kept;
}

function unknownWitness({ writerId, size, key }: SignedCheckpoint): Finding {
  const message = `the checkpoint at ${size} records that was given is not signed with a key that is trusted; where all records of that key are gone, give it: --key ${key}`;
  return { problem: 'unknown key', severity: 'error', writer: writerId, seq: undefined, id: undefined, message };
}

/** Somebody may have begun to keep records after that journal had ended; who has kept a checkpoint of it has not. */
function missingJournal(writer: string, size: number, source: string, isWitness: boolean): Finding {
  const severity = isWitness ? 'error' : 'warning';
  const message = `none of its records is there; ${source} says that there were ${size}`;
  return { problem: 'missing journal', severity, writer, seq: undefined, id: undefined, message };
}
