import type { SignedCheckpoint } from '../seal/checkpoint.js';
import { hashToBase64, MerkleFrontier, type TreeFrontier } from '../seal/merkle-tree.js';
import { type Assembly, ChainAssembler, endOf, lineOf, type Piece, renumber } from './chain-assembly.js';
import type { Finding, Problem, VerifiedJournal } from './findings.js';
import type { JournalLedger, Run } from './journal-ledger.js';

/** What somebody signed about a journal: that it had so many records with this root. */
export interface Claim {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Who says so, for messages. */
  readonly source: string;
}

/** The records of a journal that are kept elsewhere: up to which number, and the tree over them where it is known. */
export interface Delivered {
  readonly seq: number;
  readonly tree: TreeFrontier | undefined;
}

/** What a journal is judged by. */
export interface JudgementGrounds {
  /** Checkpoints of the journal that a trusted key signed, with the line that each is in. */
  readonly checkpoints: ReadonlyMap<number, SignedCheckpoint>;
  /** What others say: witnesses, and later journals. */
  readonly claims: readonly Claim[];
  /** Where the journal was cut by its own delivery: records up to there are elsewhere. */
  readonly delivered: Delivered;
}

const lines = (first: number, last: number): string =>
  first === last ? `record ${first}` : `records ${first} to ${last}`;

/** Finds out what is wrong with one journal. */
export class JournalJudgement {
  readonly findings: Finding[] = [];
  readonly #ledger: JournalLedger;
  readonly #grounds: JudgementGrounds;
  readonly #accused = new Set<number>();
  #verified = 0;
  #covered = 0;

  constructor(ledger: JournalLedger, grounds: JudgementGrounds) {
    this.#ledger = ledger;
    this.#grounds = grounds;
  }

  judge(): VerifiedJournal {
    const { writer } = this.#ledger;
    const { checkpoints, delivered } = this.#grounds;
    const { runs, renumbered } = renumber(this.#ledger);
    const close = [...checkpoints].find(([, { action }]) => action === 'close');
    const end = endOf(runs, close?.[0]);
    if (end === undefined)
      return { writer, elsewhere: delivered.seq, records: 0, checkpoints: 0, covered: 0, closed: false };
    const assembly = new ChainAssembler(this.#ledger, runs, delivered.seq + 1).assemble(...end);
    for (const [seq, run] of renumbered) this.#accuse('edited', seq, run.firstId, 'its number was changed');
    for (const seq of assembly.edited) this.#accuseEdited(assembly, this.#isProven(assembly, seq) ? seq + 1 : seq);
    this.#accuseBadCheckpoints(assembly);
    const replaced = this.#accuseMissing(assembly, runs);
    this.#accuseLeftovers(assembly, runs, replaced);
    this.#accuseReordered(assembly);
    this.#checkStart(assembly);
    this.#checkClaims(assembly, end[1]);
    const closed = close !== undefined;
    if (!closed) {
      this.#find(
        'open end',
        'warning',
        end[1],
        undefined,
        `no last checkpoint follows ${lines(end[1], end[1])}: it is still written, or its end was cut off`,
      );
    }
    return {
      writer,
      elsewhere: delivered.seq,
      records: end[1],
      checkpoints: this.#verified,
      covered: this.#covered,
      closed,
    };
  }

  #find(problem: Problem, severity: Finding['severity'], seq: number, id: string | undefined, message: string): void {
    this.findings.push({ problem, severity, writer: this.#ledger.writer, seq, id, message });
  }

  /** Says once what is wrong with a record. */
  #accuse(problem: Problem, seq: number, id: string | undefined, message: string): void {
    if (this.#accused.has(seq)) return;
    this.#accused.add(seq);
    this.#find(problem, 'error', seq, id, `${lines(seq, seq)}: ${message}`);
  }

  #accuseEdited(assembly: Assembly, seq: number): void {
    const piece = assembly.pieces.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
    const id = piece === undefined ? undefined : idAt(piece.run, lineOf(piece, seq));
    this.#accuse('edited', seq, id, 'its bytes are not those that its neighbours in the chain say');
  }

  /** Whether the checkpoint right after a record proves it by its root: then it is the checkpoint's own `prev` that was changed. */
  #isProven(assembly: Assembly, seq: number): boolean {
    const { checkpoints, delivered } = this.#grounds;
    const next = [...checkpoints].find(([line, { size }]) => size === seq && seqOfLine(assembly, line) === seq + 1);
    if (next === undefined || delivered.tree === undefined || assembly.missing.length > 0) return false;
    const tree = new MerkleFrontier(delivered.tree);
    while (tree.size < seq) tree.append(this.#leafOf(assembly, tree.size + 1));
    return hashToBase64(tree.root()) === next[1].root;
  }

  #accuseBadCheckpoints(assembly: Assembly): void {
    for (const { line, id, checkpoint } of this.#ledger.checkpoints) {
      const seq = seqOfLine(assembly, line);
      if (seq === undefined) continue;
      if (checkpoint === undefined) this.#accuse('edited', seq, id, 'its bytes are not those of the checkpoint in it');
      else if (!this.#grounds.checkpoints.has(line)) this.#accused.add(seq);
    }
  }

  /** Says what is missing. What stands there in its place counts as edited. */
  #accuseMissing(assembly: Assembly, runs: readonly Run[]): ReadonlySet<Run> {
    const replaced = new Set<Run>();
    for (const [first, last] of assembly.missing) {
      const before = assembly.pieces.find(({ lastSeq }) => lastSeq === first - 1);
      const line = before === undefined ? 0 : lineOf(before, first - 1) + 1;
      const standIn = runs.find(
        (run) => run.start === line && run.count === 1 && seqOfLine(assembly, line) === undefined,
      );
      if (standIn !== undefined && first === last) {
        replaced.add(standIn);
        this.#accuse('edited', first, standIn.firstId, 'something else stands in its place');
        continue;
      }
      for (let seq = first; seq <= Math.min(last, first + MAX_LISTED); seq += 1) this.#accused.add(seq);
      this.#find('removed', 'error', first, undefined, `${lines(first, last)}: not there`);
    }
    return replaced;
  }

  #accuseLeftovers({ pieces }: Assembly, runs: readonly Run[], replaced: ReadonlySet<Run>): void {
    for (const run of runs) {
      if (replaced.has(run)) continue;
      const used = pieces.filter((piece) => piece.run === run);
      for (let line = run.start; line < run.start + run.count; line += 1) {
        const seq = run.firstSeq + line - run.start;
        if (used.some(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq)) continue;
        this.#accuseLeftover(pieces, run, line, seq);
      }
    }
  }

  #accuseLeftover(pieces: readonly Piece[], run: Run, line: number, seq: number): void {
    const { chain } = this.#ledger;
    const id = idAt(run, line);
    const original = pieces.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
    if (original !== undefined && chain.at(lineOf(original, seq)) === chain.at(line))
      this.#find('duplicated', 'error', seq, id, `${lines(seq, seq)}: it is there once more`);
    else if (run.firstSeq === 0)
      this.#find(
        'inserted',
        'error',
        this.#seqBefore(pieces, line) + 1,
        id,
        `line ${line + 1} of the journal: is no record`,
      );
    else
      this.#find(
        'inserted',
        'error',
        seq,
        id,
        `${lines(seq, seq)}: nothing is chained to it, it does not belong to the journal`,
      );
  }

  #seqBefore(pieces: readonly Piece[], line: number): number {
    const before = pieces.filter(({ run }) => run.start < line).at(-1);
    return before?.lastSeq ?? 0;
  }

  #accuseReordered({ pieces }: Assembly): void {
    for (const [index, piece] of pieces.entries()) {
      const before = pieces[index - 1];
      if (before === undefined || lineOf(before, before.lastSeq) < lineOf(piece, piece.firstSeq)) continue;
      const moved = sizeOf(before) <= sizeOf(piece) ? before : piece;
      const { firstSeq, lastSeq, run } = moved;
      if (this.#accused.has(firstSeq)) continue;
      this.#accused.add(firstSeq);
      this.#find(
        'reordered',
        'error',
        firstSeq,
        idAt(run, lineOf(moved, firstSeq)),
        `${lines(firstSeq, lastSeq)}: not in its place`,
      );
    }
  }

  /** A journal that begins without a signed first record is somebody else's. */
  #checkStart({ pieces }: Assembly): void {
    const first = pieces[0];
    if (first === undefined || first.firstSeq !== 1 || this.#accused.has(1)) return;
    if (this.#grounds.checkpoints.get(first.run.start)?.action !== 'open')
      this.#accuse('forged', 1, first.run.firstId, 'the journal does not begin with a signed first checkpoint');
  }

  /** Compares the tree over the records with what was signed of it. What follows a record that is wrong says no more than that. */
  #checkClaims(assembly: Assembly, last: number): void {
    const { checkpoints, claims, delivered } = this.#grounds;
    const own = [...checkpoints].flatMap(([line, { size, root }]) => {
      const seq = seqOfLine(assembly, line);
      return seq === undefined ? [] : [{ size, root, source: `the checkpoint in record ${seq}` }];
    });
    const tree = new MerkleFrontier(delivered.tree);
    const firstWrong = Math.min(Number.MAX_SAFE_INTEGER, ...this.#accused);
    const inOrder = [...own, ...claims].sort((a, b) => a.size - b.size);
    let counted: number | undefined;
    for (const claim of inOrder) {
      if (claim.size < tree.size || claim.size >= firstWrong) continue;
      if (claim.size > last) {
        this.#find(
          'truncated',
          'error',
          last + 1,
          undefined,
          `${lines(last + 1, claim.size)}: not there; ${claim.source} says that there were ${claim.size}`,
        );
        continue;
      }
      // Without the tree over what is elsewhere, only how many there were can be checked.
      if (delivered.tree === undefined) continue;
      const before = tree.size;
      while (tree.size < claim.size) tree.append(this.#leafOf(assembly, tree.size + 1));
      if (hashToBase64(tree.root()) !== claim.root) {
        const first = Math.min(this.#covered, before) + 1;
        this.#find(
          'forged',
          'error',
          first,
          undefined,
          `${lines(first, claim.size)}: not those of which ${claim.source} gives the root; one or more of them were changed, removed or put in, and the chain was made anew`,
        );
        return;
      }
      // What somebody has kept of a checkpoint is the same one.
      if (claim.size !== counted) this.#verified += 1;
      counted = claim.size;
      this.#covered = claim.size;
    }
  }

  #leafOf({ pieces }: Assembly, seq: number): string {
    const piece = pieces.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
    return piece === undefined ? '' : this.#ledger.leaves.at(lineOf(piece, seq));
  }
}

/** Of a large gap, so many numbers are remembered as accused. */
const MAX_LISTED = 1000;

const sizeOf = ({ firstSeq, lastSeq }: Piece): number => lastSeq - firstSeq;

/** The id of the record in a line, where the run remembers it. */
function idAt(run: Run, line: number): string | undefined {
  if (line === run.start) return run.firstId;
  return line === run.start + run.count - 1 ? run.lastId : undefined;
}

function seqOfLine({ pieces }: Assembly, line: number): number | undefined {
  const piece = pieces.find((found) => lineOf(found, found.firstSeq) <= line && line <= lineOf(found, found.lastSeq));
  return piece === undefined ? undefined : piece.run.firstSeq + line - piece.run.start;
}
