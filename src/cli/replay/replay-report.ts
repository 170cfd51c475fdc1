import { printable } from '../../printable.js';
import { type Paint, painter } from '../terminal.js';
import type { Difference } from './difference.js';
import type { Recorded } from './recorded.js';
import type { Replayed } from './replayer.js';
import { SKIP_REASONS, type SkipReason } from './skipped.js';
import { counted } from '../counted.js';

const MAX_TEXT_CHARS = 240;

/** Counts what became of the statements of a session, and says it. */
export class ReplayReport {
  readonly #paint: Paint;
  readonly #counts = { statements: 0, same: 0, differs: 0, uncompared: 0, skipped: 0 };
  readonly #skipped = new Map<SkipReason, number>();

  constructor(colour: boolean) {
    this.#paint = painter(colour);
  }

  /** Statements so far, by what became of them. */
  get counts(): Readonly<Record<'statements' | Replayed['result'], number>> {
    return this.#counts;
  }

  /** One more statement. */
  add(replayed: Replayed): void {
    this.#counts.statements += 1;
    this.#counts[replayed.result] += 1;
    if (replayed.result !== 'skipped') return;
    this.#skipped.set(replayed.reason, (this.#skipped.get(replayed.reason) ?? 0) + 1);
  }

  /** One JSON object for a statement; without its record where that was not understood. */
  statementAsJson(recorded: Recorded | undefined, replayed: Replayed): string {
    const { id, session, statement, outcome } = recorded ?? {};
    const { command, text, summary } = statement ?? {};
    return JSON.stringify({
      id,
      statement_no: session?.statement_no,
      command,
      summary,
      text,
      recorded: outcome,
      ...replayed,
    });
  }

  /** What a person wants to read of a statement, without a final newline; undefined of one that ended as before, or did not run then either. */
  statementAsText(recorded: Recorded | undefined, replayed: Replayed): string | undefined {
    const says = this.#verdictOn(replayed);
    if (says === undefined) return undefined;
    const { session, statement } = recorded ?? {};
    const text = printable(statement?.text ?? '');
    const shown = text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)} …` : text;
    const no = `#${session?.statement_no ?? '?'}`.padEnd(6);
    const lines = [`${this.#paint('dim', no)} ${says}`, ...(shown === '' ? [] : [`       ${shown}`])];
    return lines.join('\n');
  }

  /** The summary as a JSON object, to come last. */
  summaryAsJson(session: string): string {
    return JSON.stringify({ summary: { session, ...this.#counts, reasons: Object.fromEntries(this.#skipped) } });
  }

  /** The summary as a person reads it. */
  summaryAsText(): string {
    const { statements, same, differs, uncompared, skipped } = this.#counts;
    const parts = [
      counted(statements, 'statement'),
      this.#paint('green', `${same} as recorded`),
      this.#paint(differs === 0 ? 'dim' : 'red', differs === 1 ? '1 differs' : `${differs} differ`),
      ...(uncompared === 0 ? [] : [`${uncompared} ran, whose end is not recorded`]),
      ...(skipped === 0 ? [] : [`${skipped} not run`]),
    ];
    const reasons = [...this.#skipped].map(([reason, count]) => `    ${count} ${SKIP_REASONS[reason]}`);
    return [parts.join(', '), ...reasons].join('\n');
  }

  #verdictOn(replayed: Replayed): string | undefined {
    switch (replayed.result) {
      case 'same':
        return undefined;
      case 'differs':
        return `${this.#paint('red', 'differs')}  ${replayed.differences.map(differenceAsText).join(', ')}`;
      case 'uncompared':
        return `${this.#paint('yellow', 'ran')}  its end is not recorded; now ${replayed.answer.status}`;
      case 'skipped': {
        const { reason, detail } = replayed;
        if (reason === 'refused' || reason === 'aborted' || reason === 'schema-change') return undefined;
        return `${this.#paint('yellow', `not run (${reason})`)}${detail === undefined ? '' : `  ${printable(detail)}`}`;
      }
    }
  }
}

function differenceAsText({ what, recorded, replayed }: Difference): string {
  return `${what} ${recorded ?? 'none'} → ${replayed ?? 'none'}`;
}
