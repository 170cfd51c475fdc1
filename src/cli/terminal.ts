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

/** `tail | head` ends when head has seen enough. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
