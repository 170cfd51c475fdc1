/** Reads files of attacks: one JSON object a line, of which the first describes the schema, the secrets and the server. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { FailureError } from '../src/errors.js';
import { type Attack, ATTACK_RULES, type AttackFile, type FileHeader } from './attack.js';
import { RAW_KINDS } from './raw/kind-names.js';

const texts = v.array(v.string());
const rows = v.array(v.array(v.unknown()));
const text = v.optional(v.string(), '');
const noTexts = v.optional(texts, []);

const fileHeader = v.object({
  id: v.literal('_schema'),
  database: v.pipe(v.string(), v.regex(/^\w+$/)),
  schema: texts,
  seed: texts,
  masked: noTexts,
  server: v.optional(v.object({ settings: noTexts }), { settings: [] }),
});

const oracle = v.variant('kind', [
  v.object({ kind: v.picklist(['contains', 'contains_warn', 'contains_raw']), any: texts }),
  v.object({ kind: v.literal('rows'), rows }),
  v.object({ kind: v.picklist(['state', 'session']), sql: v.string(), safe: rows }),
  v.object({ kind: v.literal('elapsed'), ms: v.number() }),
  v.object({ kind: v.literal('affected'), value: v.number() }),
  v.object({ kind: v.literal('error_errno'), errno: v.array(v.number()) }),
  v.object({ kind: v.literal('file'), path: v.string(), any: texts }),
  v.object({
    kind: v.picklist(['runs', 'runs_raw', 'error_not_syntax', 'locks', 'killed', 'shutdown', 'identity']),
  }),
]);

const raw = v.object({
  kind: v.picklist(RAW_KINDS),
  pre: noTexts,
  vars: v.optional(v.union([v.string(), texts]), []),
  sql: text,
  data: text,
  db: text,
  prefix: text,
  suffix: text,
  collation: v.optional(v.number(), 0),
  hex: text,
  ids: v.optional(v.array(v.number()), []),
});

const attack = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.nonEmpty()),
    target: v.picklist(['guardrail', 'masking']),
    rule: v.optional(v.picklist(ATTACK_RULES)),
    category: v.string(),
    dialect: v.picklist(['both', 'mariadb', 'mysql']),
    via: v.picklist(['query', 'execute', 'multi', 'raw', 'driver']),
    setup: noTexts,
    pre: noTexts,
    attack: texts,
    post: noTexts,
    teardown: noTexts,
    params: v.optional(v.array(v.unknown())),
    charset: v.optional(v.string()),
    local_infile: v.optional(v.string()),
    prefile: v.optional(v.record(v.pipe(v.string(), v.regex(/^[\w.-]+$/)), v.string()), {}),
    append_tag: text,
    call: text,
    raw: v.optional(raw),
    oracle,
  }),
  v.check(({ target, rule }) => target !== 'guardrail' || rule !== undefined, 'an attack on a guardrail needs a rule'),
  v.check((it) => it.via !== 'raw' || it.raw !== undefined, 'an attack by packets needs raw'),
);

/**
 * Reads and checks a file.
 * @throws FailureError `OPTIONS_INVALID` naming line and field
 */
export async function readAttackFile(path: string | URL): Promise<AttackFile> {
  const [first, ...lines] = (await read(path)).split('\n');
  const header: FileHeader = parseLine(fileHeader, first ?? '', 1);
  const attacks: Attack[] = [];
  lines.forEach((line, index) => {
    if (line.trim() !== '') attacks.push(parseLine(attack, line, index + 2));
  });
  return { header, attacks };
}

async function read(path: string | URL): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FailureError('OPTIONS_INVALID', `the file of attacks cannot be read: ${String(error)}`, { cause: error });
  }
}

function parseLine<Schema extends v.GenericSchema>(
  schema: Schema,
  line: string,
  number: number,
): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new FailureError('OPTIONS_INVALID', `line ${number} is no JSON: ${String(error)}`, { cause: error });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  throw new FailureError('OPTIONS_INVALID', `line ${number} is not as it should be: ${problems.join('; ')}`);
}
