import type { JournalWriter } from './journal-writer.js';

const writers = new Set<JournalWriter>();
let listening = false;

/** Has a writer's last outcomes written when the process exits without closing its trail. */
export function flushAtExit(writer: JournalWriter): void {
  writers.add(writer);
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const open of writers) closeQuietly(open);
  });
}

/** Ends what {@link flushAtExit} began. */
export function forgetAtExit(writer: JournalWriter): void {
  writers.delete(writer);
}

function closeQuietly(writer: JournalWriter): void {
  try {
    writer.close();
  } catch {
    // The disk is broken and the process ends: those statements are delivered as `unknown`.
  }
}
