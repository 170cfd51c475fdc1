import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';

import * as v from 'valibot';

import { checkOptions } from '../options.js';
import { isJson, recordJson, type RecordFormat } from './formats/record-format.js';
import { formatSchema, milliseconds } from './receiver-options.js';

/** Options of `pinoTransport`. */
export interface PinoTransportOptions {
  /** A package, `pino/file`, an absolute path or a `file:` URL of a pino transport. Packages are looked for from the working directory. */
  readonly target: string;
  /** What the target is given, with `minLength: 1`, which targets on sonic-boom need to flush. It is copied to the worker thread. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** A pino level (`info`, 30) that is put in front of each record, for targets that want one. No level where not given. */
  readonly level?: string | number | undefined;
  /** Names the cursor; `pino` where not given. */
  readonly name?: string | undefined;
  /** The form of a line; the record's own JSON where not given. */
  readonly format?: RecordFormat | undefined;
  /** Milliseconds that the worker may take for a batch before it is ended and started again; 30000 where not given. */
  readonly timeoutMs?: number | undefined;
}

const optionsOfTarget: v.GenericSchema<Record<string, unknown>> = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check((options) => isCloneable(options), 'must hold nothing that cannot be copied to a thread'),
);
/** pino's own, as numbers. */
const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
type Level = keyof typeof LEVELS;
const labels = Object.keys(LEVELS) as Level[];

const OptionsSchema = v.pipe(
  v.strictObject({
    target: v.pipe(
      v.string(),
      v.check(
        (target) => resolveTarget(target) !== undefined,
        'is not found from the working directory: install the package, or give an absolute path',
      ),
    ),
    options: v.optional(optionsOfTarget, {}),
    level: v.optional(v.union([v.number(), v.picklist(labels)], `must be a number or one of ${labels.join(', ')}`)),
    name: v.optional(v.string(), 'pino'),
    format: v.optional(formatSchema, recordJson),
    timeoutMs: v.optional(milliseconds(), 30_000),
  }),
  v.check(({ level, format }) => level === undefined || isJson(format), 'a level needs a format that gives JSON'),
);

/** Where a target stands; undefined where it does not. `pino/file` pino itself knows. */
function resolveTarget(target: string): string | undefined {
  if (target === 'pino/file' || isAbsolute(target) || target.startsWith('file://')) return target;
  for (const from of [join(process.cwd(), 'index.js'), import.meta.url]) {
    try {
      return createRequire(from).resolve(target);
    } catch {
      continue;
    }
  }
  return undefined;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** The options with what was not given filled in. */
export interface CheckedPinoOptions {
  /** As pino takes it wherever it is called from. */
  readonly target: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly level: number | undefined;
  readonly name: string;
  readonly format: RecordFormat;
  readonly timeoutMs: number;
}

/** @throws FailureError `OPTIONS_INVALID`, with every problem named */
export function checkPinoOptions(options: PinoTransportOptions): CheckedPinoOptions {
  const { level, target, ...checked } = checkOptions('pinoTransport', OptionsSchema, options);
  return {
    ...checked,
    target: resolveTarget(target) ?? target,
    level: typeof level === 'string' ? LEVELS[level] : level,
  };
}
