/** Makes what an error of the server says is missing. */
import { SCRATCH, type ScratchSchema, type ScratchTable } from './scratch-schema.js';

/** An error of the server. */
export interface ServerError {
  readonly errno: number;
  readonly message: string;
}

/** Makes something. Returns false where it cannot. */
type Repair = (scratch: ScratchSchema, match: readonly string[], sql: string) => Promise<boolean>;

const REPAIRS: ReadonlyMap<number, readonly [RegExp, Repair]> = new Map<number, readonly [RegExp, Repair]>([
  [1049, [/Unknown database '(.*)'/s, (scratch, [, schema = '']) => scratch.createDatabase(schema)]],
  [
    1146,
    [
      /Table '([^.]*)\.(.*)' doesn't exist/s,
      (scratch, [, schema = '', table = '']) => scratch.createTable({ schema, table }),
    ],
  ],
  [
    4091,
    [
      /Unknown SEQUENCE: '([^.]*)\.(.*)'/s,
      (scratch, [, schema = '', table = '']) => scratch.createTable({ schema, table }),
    ],
  ],
  [
    4089,
    [
      /'([^.]*)\.(.*)' is not a SEQUENCE/s,
      (scratch, [, schema = '', table = '']) => scratch.createSequence({ schema, table }),
    ],
  ],
  [1054, [/Unknown column '(?:(?:[^.']*\.)?([^']*)\.)?([^']*)' in/s, addMissing]],
  [1136, [/Column count doesn't match/, (scratch) => addTo(scratch, scratch.tables.slice(0, 1), undefined)]],
  [1305, [/(FUNCTION|PROCEDURE) (?:([^.]*)\.)?(.*) does not exist/s, createRoutine]],
  [1630, [/(FUNCTION) (?:([^.]*)\.)?(.*) does not exist/s, createRoutine]],
  [1318, [/arguments for (FUNCTION|PROCEDURE) (?:([^.]*)\.)?(.*); expected \d+, got (\d+)/s, createRoutine]],
  [1176, [/Key '(.*)' doesn't exist in table '(.*)'/s, addKey]],
  [4124, [/Table `(.*)` is not system-versioned/s, addVersioning]],
]);

/**
 * Makes what is missing.
 * @returns whether another try is worth while
 */
export async function repair(scratch: ScratchSchema, error: ServerError, sql: string): Promise<boolean> {
  const [pattern, make] = REPAIRS.get(error.errno) ?? [];
  const match = pattern?.exec(error.message) ?? null;
  return match !== null && make !== undefined && make(scratch, match, sql);
}

function createRoutine(
  scratch: ScratchSchema,
  [, kind, schema, name = '', parameters = '0']: readonly string[],
): Promise<boolean> {
  const type = kind === 'PROCEDURE' ? 'PROCEDURE' : 'FUNCTION';
  return scratch.createRoutine(type, schema ?? SCRATCH, name, Number(parameters));
}

function addMissing(scratch: ScratchSchema, [, qualifier, column]: readonly string[], sql: string): Promise<boolean> {
  // The first table may be the target of an INSERT, whose columns count: what is read has it rather.
  return addTo(scratch, tablesOf(scratch, qualifier, sql).toReversed(), column);
}

/** The tables that a qualifier may mean: that of its name, those whose alias it is, or any. */
function tablesOf({ tables }: ScratchSchema, qualifier: string | undefined, sql: string): readonly ScratchTable[] {
  if (qualifier === undefined) return tables;
  const isAlias = ({ table }: ScratchTable): boolean => {
    const escape = (text: string): string => text.replaceAll(/[^\w]/g, '\\$&');
    return new RegExp(`\\b${escape(table)}\`?\\s+(?:as\\s+)?\`?${escape(qualifier)}\\b`, 'i').test(sql);
  };
  const named = tables.filter(({ table }) => table === qualifier);
  const aliased = tables.filter(isAlias);
  return named.length > 0 ? named : aliased.length > 0 ? aliased : tables;
}

/** Adds a column to the first table that does not have it. */
async function addTo(
  scratch: ScratchSchema,
  tables: readonly ScratchTable[],
  column: string | undefined,
): Promise<boolean> {
  for (const table of tables) {
    if (await scratch.addColumn(table, column)) return true;
  }
  return false;
}

async function addKey(
  scratch: ScratchSchema,
  [, key = '', name = '']: readonly string[],
  sql: string,
): Promise<boolean> {
  for (const { schema, table } of tablesOf(scratch, name, sql)) {
    const qualified = `\`${schema}\`.\`${table}\``;
    await scratch.run(`ALTER TABLE ${qualified} ADD COLUMN keyed_ INT`);
    if (await scratch.run(`CREATE INDEX \`${key}\` ON ${qualified} (keyed_)`)) return true;
  }
  return false;
}

async function addVersioning(scratch: ScratchSchema, [, name = '']: readonly string[], sql: string): Promise<boolean> {
  for (const { schema, table } of tablesOf(scratch, name, sql)) {
    if (await scratch.run(`ALTER TABLE \`${schema}\`.\`${table}\` ADD SYSTEM VERSIONING`)) return true;
  }
  return false;
}
