import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const colour =
  process.env['NO_COLOR'] === undefined && (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined);

/** Colours text where the terminal shows colour. */
export function paint(style: Style, text: string): string {
  return colour ? styleText(style, text) : text;
}

/** Prints a line. */
export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a heading. */
export function heading(text: string): void {
  say();
  say(paint('bold', `── ${text} ${'─'.repeat(Math.max(0, 96 - text.length))}`));
}

/** Prints a step of the set-up, quietly. */
export function step(text: string): void {
  say(paint('gray', `   ${text}`));
}

/** Prints what a tool gave back to the model. */
export function showResult(text: string, isError: boolean): void {
  for (const line of text.split('\n')) say(`   ${paint(isError ? 'red' : 'green', line)}`);
}
