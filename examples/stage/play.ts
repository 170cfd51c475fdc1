/** How an example is played to its end, and leaves nothing behind, also where Ctrl-C ends it. */
import { heading, paint, say, step } from './screen.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const cleanUps: (() => Promise<unknown>)[] = [];

/** What is run when the example ends, however it ends; what was added last is run first. */
export function whenOver(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp);
}

/** Plays an example to its end, and cleans up. The process ends with 1 where either fails, and by the signal where it was interrupted. */
export async function play(example: () => Promise<void>): Promise<void> {
  let interrupt: NodeJS.SignalsListener = () => undefined;
  const interrupted = new Promise<NodeJS.Signals>((resolve) => {
    interrupt = resolve;
  });
  for (const name of SIGNALS) process.on(name, interrupt);
  let signal: NodeJS.Signals | undefined;
  try {
    // What the example still does after a signal comes to nothing, and is not told.
    signal = await Promise.race([interrupted, example().then(() => undefined)]);
  } catch (error) {
    process.exitCode = 1;
    say(paint('red', error instanceof Error ? (error.stack ?? error.message) : String(error)));
  }
  await cleanUp();
  for (const name of SIGNALS) process.off(name, interrupt);
  if (signal !== undefined) process.kill(process.pid, signal);
}

/** With `--keep`, says what can be done with what runs, and leaves it running until Ctrl-C; without, says what the option does. */
export async function offerToStay(offer: {
  command: string;
  keeps: string;
  title: string;
  steps: readonly string[];
}): Promise<void> {
  say();
  if (!process.argv.includes('--keep')) {
    say(`   ${offer.command} leaves the collector running, ${offer.keeps}.`);
    return;
  }
  heading(offer.title);
  for (const line of offer.steps) step(line);
  await new Promise(() => undefined);
}

async function cleanUp(): Promise<void> {
  // One by one, because an example that was interrupted may still add to them.
  for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) {
    await next().catch((error: unknown) => {
      process.exitCode = 1;
      say(paint('red', `clean-up failed: ${String(error)}`));
    });
  }
}
