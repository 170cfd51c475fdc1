import { foldName } from '../fold-name.js';
import type {
  LineageCondition,
  LineageOutput,
  LineageSource,
  LineageUse,
  QueryBlock,
  QueryLineage,
} from './lineage.js';

/** What is known of a table. */
export interface KnownTable {
  readonly schema: string;
  readonly name: string;
  /** Those that `*` stands for, in order, lower case. */
  readonly visible: readonly string[];
  /** All of them, lower case. */
  readonly columns: ReadonlySet<string>;
  /** The query of a view; its columns are `visible`. */
  readonly query: QueryLineage | undefined;
  /** Its rows are elsewhere, or made in a way that is not seen. */
  readonly isOpaque: boolean;
  /** Whether the values of a column are texts, or bytes. */
  isText(column: string): boolean;
  /** The comment of a column; empty where it has none. */
  commentOf(column: string): string;
  /** Columns of the table that a generated one is made of, lower case; `*` for any. Empty for every other column. */
  basesOf(column: string): readonly string[];
}

/** What is known of tables. */
export interface KnownTables {
  /** Those that a name may mean; undefined where nothing is known of it. */
  find(schema: string | undefined, name: string): readonly KnownTable[] | undefined;
}

/** A column of a table that values come from. */
export interface Origin {
  /** Folded; undefined for a table without a schema. */
  readonly schema: string | undefined;
  readonly table: string;
  /** Lower case; `*` for any column of the table. */
  readonly column: string;
  /** The value is the column's own; false for what is made of it. */
  readonly exact: boolean;
}

/** Where values may come from. */
export type Origins = ReadonlySet<Origin>;

/** Stands for any column of any table. */
export const LOST: Origin = Object.freeze({ schema: undefined, table: '*', column: '*', exact: false });

/** An output column with where its values may come from. */
export interface OutputOrigins {
  /** Lower case; undefined where it is not known. */
  readonly name: string | undefined;
  readonly origins: Origins;
  /** It stands for all columns of a table of which none is known. */
  readonly any?: true;
}

/** The output columns of a query. */
export interface QueryOrigins {
  readonly outputs: readonly OutputOrigins[];
  /** They are all of them, in the order of the result. */
  readonly inOrder: boolean;
  /** They are being read: a recursive query reads itself. */
  readonly pending?: true;
}

const NOTHING: Origins = new Set();
const IS_LOST: Origins = new Set([LOST]);
const EMPTY: QueryOrigins = { outputs: [], inOrder: true };
const PENDING: QueryOrigins = { outputs: [], inOrder: true, pending: true };
/** Most times that a recursive query is gone through: each adds an origin to a column at least. */
const MAX_PASSES = 64;

/** Gives the symbols of a statement's lineage their meaning. One for each statement. */
export class OriginReader {
  readonly #tables: KnownTables;
  readonly #known = new Map<string, Origin>();
  readonly #queries = new Map<QueryLineage, QueryOrigins>();
  /** What is known so far of those that are being read. */
  readonly #open = new Map<QueryLineage, QueryOrigins>();
  readonly #openOutputs = new Set<LineageOutput>();
  readonly #stars = new Map<LineageSource, QueryOrigins>();
  /** Of them, those that were read in the meantime. */
  #readAgain = new Set<QueryLineage>();

  constructor(tables: KnownTables) {
    this.#tables = tables;
  }

  /** Where the output columns of a query come from. */
  query(query: QueryLineage): QueryOrigins {
    const known = this.#queries.get(query);
    if (known !== undefined) return known;
    const open = this.#open.get(query);
    if (open !== undefined) {
      this.#readAgain.add(query);
      return open;
    }
    const around = this.#readAgain;
    this.#readAgain = new Set();
    const read = this.#untilStable(query);
    this.#readAgain.delete(query);
    // What reads a query that is not read to its end may not be whole yet.
    if (this.#readAgain.size === 0) this.#queries.set(query, read);
    for (const each of this.#readAgain) around.add(each);
    this.#readAgain = around;
    return read;
  }

  /** Goes through a recursive query until nothing is added. */
  #untilStable(query: QueryLineage): QueryOrigins {
    let last = PENDING;
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      this.#open.set(query, last);
      const next = this.#armsOf(query);
      this.#open.delete(query);
      if (!this.#readAgain.has(query) || weightOf(next) === weightOf(last)) return next;
      last = next;
    }
    return { outputs: last.outputs.map(({ name }) => ({ name, origins: IS_LOST })), inOrder: last.inOrder };
  }

  /** Where the values come from that a condition is about. */
  condition(block: QueryBlock, condition: LineageCondition): Origins {
    return union(condition.uses.map((use) => this.#use(use, block, condition.aliases)));
  }

  /**
   * Where the value of an expression comes from.
   * @param exact - it is nothing but a column
   */
  value(uses: readonly LineageUse[], exact: boolean, block: QueryBlock): Origins {
    const origins = union(uses.map((use) => this.#use(use, block, false)));
    return exact ? origins : this.#made(origins);
  }

  /** Where an output column of a block comes from, a star left out. */
  output(output: LineageOutput, block: QueryBlock): Origins {
    return this.#output(output, block).origins;
  }

  /** The columns that a name means where it is written to. */
  column(qualifier: string | undefined, column: string, block: QueryBlock): Origins {
    return this.#column(qualifier, column, block);
  }

  /** The column at a position of the only table of a block; undefined where it is not known. */
  columnAt({ sources: [source] }: QueryBlock, position: number): Origins | undefined {
    const tables = source?.table && this.#tables.find(source.table.schema, source.table.name);
    if (tables === undefined || tables.length === 0) return undefined;
    return union(tables.map((table) => this.#columnOf(table, table.visible[position] ?? '*')));
  }

  /** Columns of the same name in several sources, as NATURAL JOIN compares them. */
  shared(block: QueryBlock): Origins {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const source of block.sources) {
      for (const { name } of this.#star(source).outputs) {
        if (name === undefined) return IS_LOST;
        (seen.has(name) ? twice : seen).add(name);
      }
    }
    return union([...twice].map((name) => this.#column(undefined, name, block)));
  }

  #armsOf({ arms }: QueryLineage): QueryOrigins {
    const all = arms.map((arm) => this.#block(arm)).filter(({ pending }) => pending !== true);
    const [first = EMPTY, ...others] = all;
    if (others.length === 0) return first;
    const inOrder = all.every((arm) => arm.inOrder && arm.outputs.length === first.outputs.length);
    if (inOrder) {
      const outputs = first.outputs.map(({ name }, index) => ({
        name,
        origins: union(all.map((arm) => arm.outputs[index]?.origins ?? NOTHING)),
      }));
      return { outputs, inOrder };
    }
    const origins = union(all.flatMap((arm) => arm.outputs.map((output) => output.origins)));
    return { outputs: first.outputs.map(({ name }) => ({ name, origins })), inOrder: false };
  }

  #block(block: QueryBlock): QueryOrigins {
    let inOrder = true;
    let pending = false;
    const outputs = block.outputs.flatMap((output) => {
      if (output.star === undefined) return [this.#output(output, block)];
      const { star } = output;
      const sources = block.sources.filter(({ alias }) => star === '*' || alias === star);
      const stars = sources.map((source) => this.#star(source));
      if (stars.length === 0 || (star === '*' && block.mergesColumns) || stars.some((each) => !each.inOrder)) {
        inOrder = false;
      }
      pending ||= stars.some((each) => each.pending === true);
      return stars.length === 0 ? [{ name: undefined, origins: IS_LOST }] : stars.flatMap((each) => [...each.outputs]);
    });
    return pending ? PENDING : { outputs, inOrder };
  }

  #output(output: LineageOutput, block: QueryBlock): OutputOrigins {
    const { name, uses, exact } = output;
    // A window may name its own output column.
    if (this.#openOutputs.has(output)) return { name, origins: NOTHING };
    this.#openOutputs.add(output);
    const origins = this.value(uses, exact, block);
    this.#openOutputs.delete(output);
    return { name, origins };
  }

  /** What `*` stands for in a source. */
  #star(source: LineageSource): QueryOrigins {
    if (source.query !== undefined) return this.#starOfAny(source);
    let star = this.#stars.get(source);
    if (star === undefined) {
      star = this.#starOfAny(source);
      this.#stars.set(source, star);
    }
    return star;
  }

  #starOfAny(source: LineageSource): QueryOrigins {
    const made = source.query === undefined ? [] : [this.#derived(source, source.query)];
    const tables = source.table === undefined ? [] : this.#tablesOf(source.table);
    const all = [...made, ...tables];
    if (made.some(({ pending }) => pending === true)) return PENDING;
    const [only = EMPTY, ...others] = all;
    if (others.length === 0) return only;
    const origins = union(all.flatMap((each) => each.outputs.map((output) => output.origins)));
    return { outputs: [{ name: undefined, origins }], inOrder: false };
  }

  #derived({ names }: LineageSource, query: QueryLineage): QueryOrigins {
    const read = this.query(query);
    const { outputs, inOrder } = read;
    if (names.length === 0 || read.pending === true) return read;
    if (inOrder && names.length === outputs.length) {
      return { outputs: outputs.map(({ origins }, index) => ({ name: names[index], origins })), inOrder };
    }
    const origins = union(outputs.map((output) => output.origins));
    return { outputs: names.map((name) => ({ name, origins })), inOrder: false };
  }

  #tablesOf({ schema, name }: NonNullable<LineageSource['table']>): readonly QueryOrigins[] {
    const tables = this.#tables.find(schema, name);
    if (tables === undefined) {
      const any = this.#origin(schema, name, '*', true);
      return [{ outputs: [{ name: undefined, origins: new Set([any]), any: true }], inOrder: false }];
    }
    return tables.map((table) => ({
      outputs: table.visible.map((column) => ({ name: column, origins: this.#columnOf(table, column) })),
      inOrder: true,
    }));
  }

  #columnOf(table: KnownTable, column: string): Origins {
    if (table.isOpaque) return IS_LOST;
    if (table.query !== undefined) {
      const { outputs, inOrder } = this.query(table.query);
      const found = inOrder ? outputs[table.visible.indexOf(column)]?.origins : undefined;
      // A rule may name the view.
      const own: Origins = new Set([this.#origin(table.schema, table.name, column, true)]);
      return union([own, ...(found === undefined ? outputs.map((output) => output.origins) : [found])]);
    }
    const { schema, name } = table;
    const bases = table.basesOf(column).map((base) => this.#origin(schema, name, base, false));
    return new Set([this.#origin(schema, name, column, true), ...bases]);
  }

  #use(use: LineageUse, block: QueryBlock, aliases: boolean): Origins {
    if ('query' in use) return union(this.query(use.query).outputs.map((output) => output.origins));
    if ('output' in use) return this.#position(use.output, block);
    const named =
      (aliases || use.inWindow === true) && use.qualifier === undefined
        ? block.outputs.filter(
            ({ name, star }) => star === undefined && (name === undefined || name === use.column.toLowerCase()),
          )
        : [];
    const isNamed = named.some(({ name }) => name !== undefined);
    const origins = this.#column(use.qualifier, use.column, block, isNamed);
    const all =
      named.length === 0 ? origins : union([origins, ...named.flatMap((output) => this.#originsOf(output, block))]);
    // Of a value that is made of others, NULL may be the answer to any question.
    return use.presence === true ? new Set([...all].filter(({ exact }) => !exact)) : all;
  }

  /** The output column at a place; any where stars before it leave open which one that is. */
  #position(place: number | 'any', block: QueryBlock): Origins {
    const { outputs, inOrder } = this.#block(block);
    const found = inOrder && place !== 'any' ? outputs[place]?.origins : undefined;
    return found ?? union(block.outputs.flatMap((output) => this.#originsOf(output, block)));
  }

  #originsOf(output: LineageOutput, block: QueryBlock): readonly Origins[] {
    if (output.star === undefined) return [this.#output(output, block).origins];
    return block.sources.flatMap((source) => this.#star(source).outputs.map(({ origins }) => origins));
  }

  /** @param isNamed - it is known by another name: not to find it means nothing */
  #column(qualifier: string | undefined, written: string, block: QueryBlock, isNamed = false): Origins {
    const column = written.toLowerCase();
    // The server folds names by its collation (U+0130 equals i), which no comparison here would notice.
    if (Buffer.byteLength(column) !== column.length) return IS_LOST;
    const found: Origins[] = [];
    let isFound = false;
    for (let at: QueryBlock | undefined = block; at !== undefined; at = at.parent) {
      const candidates = at.sources.filter(({ alias }) => qualifier === undefined || alias === qualifier);
      const here = candidates.map((source) => this.#columnIn(source, column));
      found.push(...here.flatMap(({ origins }) => (origins.size > 0 ? [origins] : [])));
      isFound ||= here.some(({ isSure }) => isSure);
      if (isFound || (qualifier !== undefined && candidates.length > 0)) break;
    }
    if (found.length > 0) return union(found);
    return isNamed || isFound ? NOTHING : IS_LOST;
  }

  /** What a column is in a source; `isSure` where the source is known to have it. */
  #columnIn(source: LineageSource, column: string): { readonly origins: Origins; readonly isSure: boolean } {
    const { outputs, pending } = this.#star(source);
    if (pending === true) return { origins: NOTHING, isSure: true };
    const found = outputs.filter(({ name }) => name === column);
    const unnamed = outputs.filter(({ name }) => name === undefined);
    const hidden = source.table === undefined ? [] : this.#hidden(source.table, column);
    const told = [...found, ...unnamed].map(({ origins, any }) =>
      any === true ? this.#narrowed(origins, column) : origins,
    );
    const origins = union([...told, ...hidden]);
    return { origins, isSure: found.length > 0 || hidden.length > 0 };
  }

  /** Columns that `*` does not stand for. */
  #hidden({ schema, name }: NonNullable<LineageSource['table']>, column: string): readonly Origins[] {
    const tables = this.#tables.find(schema, name) ?? [];
    const having = tables.filter(({ columns, visible }) => columns.has(column) && !visible.includes(column));
    return having.map((table) => this.#columnOf(table, column));
  }

  /** What is made of values. */
  #made(origins: Origins): Origins {
    return new Set([...origins].map(({ schema, table, column }) => this.#origin(schema, table, column, false)));
  }

  /** Of a table of which no column is known, this one. */
  #narrowed(origins: Origins, column: string): Origins {
    return new Set([...origins].map(({ schema, table, exact }) => this.#origin(schema, table, column, exact)));
  }

  #origin(schema: string | undefined, table: string, column: string, exact: boolean): Origin {
    if (table === LOST.table) return LOST;
    const key = JSON.stringify([schema, table, column, exact]);
    let origin = this.#known.get(key);
    if (origin === undefined) {
      origin = { schema: schema === undefined ? undefined : foldName(schema), table: foldName(table), column, exact };
      this.#known.set(key, origin);
    }
    return origin;
  }
}

function union(all: readonly Origins[]): Origins {
  const [first = NOTHING, ...others] = all.filter(({ size }) => size > 0);
  return others.length === 0 ? first : new Set([first, ...others].flatMap((origins) => [...origins]));
}

/** Grows with everything that is added to a query. */
function weightOf({ outputs, inOrder, pending }: QueryOrigins): number {
  if (pending === true) return -1;
  return outputs.reduce((sum, { origins }) => sum + origins.size, inOrder ? 0 : 0.5);
}
