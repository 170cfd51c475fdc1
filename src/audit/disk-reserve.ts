import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Enough for cursors, and for how statements have ended that were open. */
const RESERVE_BYTES = 64 * 1024;

/**
 * Room that is kept on a disk, in a file of a journal: when nothing else is left, what is delivered can still be noted, so that its segments
 * go. Without it, a disk that journals have filled would stay full.
 */
export class DiskReserve {
  readonly #journalPath: string;
  #isHeld = false;

  /** @param journalPath - directory of a journal */
  constructor(journalPath: string) {
    this.#journalPath = journalPath;
  }

  /** Holds the room, where there is as much. Returns whether it does. */
  hold(): boolean {
    if (this.#isHeld) return true;
    const file = reservePath(this.#journalPath);
    try {
      // Not of zeros: a file system could keep none of them.
      writeFileSync(file, Buffer.alloc(RESERVE_BYTES, 'reserve'), { mode: 0o600 });
      this.#isHeld = true;
    } catch {
      rmSync(file, { force: true });
    }
    return this.#isHeld;
  }

  /** Notices when somebody has removed it. */
  checkPresence(): void {
    if (this.#isHeld) this.#isHeld = existsSync(reservePath(this.#journalPath));
  }

  /** Gives the room away. Returns whether there was any. */
  release(): boolean {
    if (!this.#isHeld) return false;
    this.#isHeld = false;
    removeReserve(this.#journalPath);
    return true;
  }
}

/** Removes the room that a journal keeps. */
export function removeReserve(journalPath: string): void {
  rmSync(reservePath(journalPath), { force: true });
}

const reservePath = (journalPath: string): string => join(journalPath, 'reserve');

/** Whether there was no room for something. */
export function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
