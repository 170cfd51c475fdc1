import { once } from 'node:events';
import { styleText } from 'node:util';

/** A style's name, or several. */
export type Style = Parameters<typeof styleText>[0];

/** Styles a text, or leaves it as it is where there is no colour. */
export type Paint = (style: Style, text: string) => string;

/** What styles text, or leaves it. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** Whether standard output shows colours. */
export function showsColour(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors();
}

/** Writes a line to standard output, and waits while whoever reads it is behind. */
export async function writeLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** What a shell shows of a process that SIGPIPE has ended: for commands whose status is their answer, which nobody knows yet. */
export const UNANSWERED = 141;

/** `tail | head` ends when head has seen enough. @param status that it ends with */
export function endWithReader(status = 0): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(status);
    throw error;
  });
}
