import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';

import { FailureError } from '../errors.js';
import { Film } from './film.js';
import { printableJson } from '../printable.js';
import { addSourceOptions, openSource, type SourceFlags } from './source-options.js';
import { endWithReader, showsColour, writeLine } from './terminal.js';

/** A timer takes no more at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

interface ShowFlags extends SourceFlags {
  readonly speed?: number;
  readonly json?: boolean;
}

/** Adds `countersign show`. */
export function addShowCommand(program: Command): void {
  const command = program
    .command('show')
    .description('show what happened in a session, statement by statement')
    .argument('<session>', 'its id, as countersign sessions lists it')
    .option('--speed <factor>', 'play it in real time, so many times as fast', parseSpeed)
    .option('--json', 'the records as they are, one a line');
  addSourceOptions(command).action(runShow);
}

async function runShow(session: string, flags: ShowFlags): Promise<void> {
  endWithReader();
  const source = await openSource(flags);
  const film = new Film(showsColour());
  const startedAt = performance.now();
  let shown = 0;
  for await (const json of source.records(session)) {
    const { sinceStartMicros, text } = film.frame(JSON.parse(json));
    if (flags.speed !== undefined) await until(startedAt + sinceStartMicros / 1000 / flags.speed);
    // The bytes of a record matter to who checks them: they are changed for a terminal only.
    const line = process.stdout.isTTY ? printableJson(json) : json;
    await writeLine(flags.json === true ? line : text);
    shown += 1;
  }
  if (shown === 0) throw noSuchSession(session);
}

/** The error where no record is of a session. */
export function noSuchSession(session: string): FailureError {
  return new FailureError('OPTIONS_INVALID', `no record is of session ${session}; countersign sessions lists them`);
}

async function until(atMs: number): Promise<void> {
  for (let left = atMs - performance.now(); left > 0; left = atMs - performance.now()) {
    await delay(Math.min(left, MAX_DELAY_MS));
  }
}

function parseSpeed(text: string): number {
  const speed = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (speed > 0) return speed;
  throw new FailureError('OPTIONS_INVALID', `--speed: ${JSON.stringify(text)} is not a number above 0`);
}
