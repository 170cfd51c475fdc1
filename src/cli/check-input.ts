import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as v from 'valibot';

import { FailureError } from '../errors.js';
import { checkOptions } from '../options.js';
import type { CheckedText } from '../session/policy-checker.js';

const lineSchema = v.looseObject({
  sql: v.string(),
  sql_mode: v.optional(v.string()),
  schema: v.optional(v.string()),
});

/**
 * Reads statements, one a line: SQL, or JSON such as `{"sql": …, "sql_mode": …, "schema": …}`. Empty lines are passed over.
 * @param from for messages
 * @throws FailureError `OPTIONS_INVALID` where the file cannot be read, or a line is not what it should be
 */
export async function* readTexts(input: Readable, from: string): AsyncGenerator<CheckedText> {
  let no = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      no += 1;
      if (line.trim() !== '') yield line.startsWith('{') ? parseLine(line, `${from}, line ${no}`) : { sql: line };
    }
  } catch (cause) {
    if (cause instanceof FailureError) throw cause;
    throw new FailureError('OPTIONS_INVALID', `${from} cannot be read`, { cause });
  }
}

/** Opens a file to read statements from. */
export function openTexts(path: string): Readable {
  return createReadStream(path, 'utf8');
}

function parseLine(line: string, where: string): CheckedText {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new FailureError('OPTIONS_INVALID', `${where}: is not JSON`, { cause });
  }
  const { sql, sql_mode: sqlMode, schema } = checkOptions(where, lineSchema, json);
  return { sql, ...(sqlMode !== undefined && { sqlMode }), ...(schema !== undefined && { schema }) };
}
