import { createHash } from 'node:crypto';

import { FailureError } from '../errors.js';
import { messageOf } from '../message-of.js';
import type { AnalysedStatement, AnalysedText, AnalysisScope } from '../sql/analysis.js';
import type { Analyser } from '../sql/index.js';
import { BodyReader } from './body-reader.js';
import type { KnownTables } from '../sql/lineage/origins.js';
import type { CatalogueRow, CatalogueSource } from './catalogue-source.js';
import { EffectReader } from './effects.js';
import { LIST_QUERIES, LoadableFunctions, nameQueries } from './loadable-functions.js';
import type { SchemaObjects } from './schema-objects.js';
import { TableKnowledge } from './table-knowledge.js';
import { privilegeQueries, readSchema, readSight, schemaQueries, type Sight } from './schema-queries.js';

/** Most times that a catalogue is loaded for one text: views and routines of other schemas each take another look. */
export const MAX_LOOK_UPS = 32;

/** Bounds of a {@link Catalogue}. */
export interface CatalogueOptions {
  /** Milliseconds after which it is read again. */
  readonly maxAgeMs: number;
  /** Whether columns are read as well. */
  readonly columns: boolean;
  /** Told why it could not be read. */
  readonly onFailure: (problem: string) => void;
  /** Told once for each schema whose triggers the account may not see. */
  readonly onUnseenTriggers: (schema: string) => void;
}

const WHO_ASKS = 'SELECT CURRENT_USER()';
/** Most schemas that are kept. */
const MAX_SCHEMAS = 256;
/** What is named and not there may have been made since: it is looked for again, but not more often. */
const MISS_AGE_MS = 1_000;
/** Time until a catalogue that could not be read is tried again. */
const RETRY_MS = 1_000;
/** Codes of the driver and of the operating system. */
const CONNECTION_LOST: ReadonlySet<string> = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE']);

interface KnownSchema extends SchemaObjects {
  /** Of all that was read of it. */
  readonly digest: string;
}

/** A text as it was resolved, while nothing that it rests on has changed. */
interface Resolved {
  readonly text: AnalysedText;
  /** Undefined where it rests on nothing. */
  readonly generation: number | undefined;
  /** It leads to what was not there. */
  readonly misses: boolean;
  /** Tables that it names and that were not there. */
  readonly absent: readonly string[];
}

/** Names of tables: `schema.name`. */
export interface TableNames {
  readonly size: number;
  has(name: string): boolean;
}

const NO_NAMES: TableNames = new Set();

/** What the schemas of a server hold, read when it is needed, kept for a while, and what statements do in the light of it. */
export class Catalogue {
  readonly #bodies: BodyReader;
  #source: CatalogueSource;
  readonly #options: CatalogueOptions;
  readonly #schemas = new Map<string, KnownSchema>();
  readonly #wanted = new Set<string>();
  readonly #resolved = new WeakMap<AnalysedText, Resolved>();
  /** What is known of tables by now. */
  #tables: TableKnowledge | undefined;
  /** There may be tables that the account does not see, and the governed one does. */
  #hidesTables = false;
  /** Undefined where the account may not read which there are. */
  #loadable: LoadableFunctions | undefined;
  #generation = 0;
  #readAt = 0;
  /** When the last reading of all has ended: what was missing then is still, for a moment. */
  #missesKnownAt = 0;
  #expiresAt = 0;
  /** Counts changes that may have happened while it was being read. */
  #invalidations = 0;
  #loading: Promise<void> | undefined;
  #failure: { readonly problem: string; readonly until: number } | undefined;

  constructor(analyser: Analyser, source: CatalogueSource, options: CatalogueOptions) {
    this.#bodies = new BodyReader(analyser);
    this.#source = source;
    this.#options = options;
  }

  /** It is read by these means from now on. */
  readBy(source: CatalogueSource): void {
    this.#source = source;
  }

  /** Nobody has managed to read it while it was still true: it counts as not to be read for a while. */
  giveUp(): void {
    this.#fail('its schemas change faster than they can be read');
  }

  /** Why it could not be read just now; undefined otherwise. */
  get problem(): string | undefined {
    return this.#failure !== undefined && Date.now() < this.#failure.until ? this.#failure.problem : undefined;
  }

  /** The schema changes: what is known is read again before it is next needed. */
  invalidate(): void {
    this.#invalidations += 1;
    this.#expiresAt = 0;
  }

  /**
   * A text with what its statements lead to. The same object while nothing has changed, and no temporary table is in it.
   * @param temporary tables of the session
   * @returns undefined where the catalogue has to be loaded first
   */
  resolve(text: AnalysedText, scope: AnalysisScope, temporary: TableNames = NO_NAMES): AnalysedText | undefined {
    const known = this.#resolved.get(text);
    if (known !== undefined && known.generation === undefined) return known.text;
    const now = Date.now();
    if (known === undefined || known.generation !== this.#generation) {
      return this.#resolveNew(text, scope, temporary, now);
    }
    if (now >= this.#expiresAt || this.#isMissOld(known, temporary, now)) return undefined;
    if (now > this.#refreshAt && this.problem === undefined) void this.load();
    return withTemporary(known.text, temporary);
  }

  /** Reads what is wanted, and all of it where that is old. Never rejects: see {@link Catalogue.problem}. */
  load(): Promise<void> {
    return (this.#loading ??= this.#read()
      .catch((error: unknown) => {
        this.#wanted.clear();
        this.#options.onFailure(messageOf(error));
        this.#fail(codeOf(error));
      })
      .finally(() => {
        this.#loading = undefined;
      }));
  }

  get #refreshAt(): number {
    return (this.#readAt + this.#expiresAt) / 2;
  }

  /** What is missing may have been made since. */
  #isMissOld({ misses, absent }: Resolved, temporary: TableNames, now: number): boolean {
    const isMissing = misses || absent.some((name) => !temporary.has(name));
    const isOld = isMissing && now - this.#missesKnownAt > MISS_AGE_MS;
    if (isOld) this.#expiresAt = 0;
    return isOld;
  }

  #resolveNew(text: AnalysedText, scope: AnalysisScope, temporary: TableNames, now: number): AnalysedText | undefined {
    const effects = text.statements.map((statement) => this.#effectsOf(statement, scope));
    if (!effects.some(({ rests }) => rests)) {
      this.#resolved.set(text, { text, generation: undefined, misses: false, absent: [] });
      return text;
    }
    const tables = this.#options.columns
      ? (this.#tables ??= new TableKnowledge(this.#schemas, this.#bodies, scope))
      : undefined;
    const statements = text.statements.map((statement, index) =>
      withTables(withEffects(statement, effects[index]), tables, effects[index]),
    );
    const isSame = statements.every((statement, index) => statement === text.statements[index]);
    const resolved: Resolved = {
      text: isSame ? text : { statements },
      generation: this.#generation,
      misses: effects.some(({ misses }) => misses),
      absent: effects.flatMap(({ absent }) => [...absent]),
    };
    if (this.#wanted.size > 0 || now >= this.#expiresAt || this.#isMissOld(resolved, temporary, now)) return undefined;
    this.#resolved.set(text, resolved);
    return withTemporary(resolved.text, temporary);
  }

  #effectsOf(statement: AnalysedStatement, scope: AnalysisScope): EffectReader {
    const reader = new EffectReader(this.#bodies, this.#schemas, this.#loadable, this.#hidesTables);
    reader.read(statement, scope);
    for (const schema of reader.missing) this.#wanted.add(schema);
    return reader;
  }

  async #read(): Promise<void> {
    const startedAt = Date.now();
    const invalidations = this.#invalidations;
    const isWhole = startedAt > this.#refreshAt;
    if (this.#schemas.size + this.#wanted.size > MAX_SCHEMAS) {
      // What was resolved by them is not kept fresh any more.
      this.#schemas.clear();
      this.#generation += 1;
    }
    const names = [...new Set([...(isWhole ? this.#schemas.keys() : []), ...this.#wanted])].slice(0, MAX_SCHEMAS);
    const { columns } = this.#options;
    const queries = names.map((name) => [...schemaQueries(name, columns), ...privilegeQueries(name)]);
    const source = this.#source;
    const { user } = source;
    const [[account] = [], ...answers] = await askTwice(source, [WHO_ASKS, ...LIST_QUERIES, ...queries.flat()]);
    if (user !== undefined && account?.[0] !== user)
      throw new FailureError('CATALOGUE_UNAVAILABLE', 'the server took the account for another one');
    let at = LIST_QUERIES.length;
    const ofFunctions = nameQueries(answers.slice(0, at));
    this.#learnFunctions(ofFunctions && new LoadableFunctions(await askTwice(source, ofFunctions)));
    for (const [index, name] of names.entries()) {
      const end = at + (queries[index]?.length ?? 0);
      const sightAt = end - privilegeQueries(name).length;
      this.#learn(name, answers.slice(at, sightAt), readSight(answers.slice(sightAt, end)));
      at = end;
    }
    if (!isWhole) return;
    this.#readAt = startedAt;
    this.#missesKnownAt = Date.now();
    // Where it took long to read, it is good for a moment at least.
    const expiresAt = Math.max(startedAt + this.#options.maxAgeMs, this.#missesKnownAt + MISS_AGE_MS);
    this.#expiresAt = invalidations === this.#invalidations ? expiresAt : 0;
  }

  #fail(problem: string): void {
    this.#failure = { problem, until: Date.now() + RETRY_MS };
  }

  #learnFunctions(loadable: LoadableFunctions | undefined): void {
    if (this.#loadable?.names !== loadable?.names) this.#generation += 1;
    this.#loadable = loadable;
  }

  #learn(name: string, answers: readonly (readonly CatalogueRow[])[], sight: Sight): void {
    this.#wanted.delete(name);
    const digest = createHash('sha256')
      .update(JSON.stringify([answers, sight]))
      .digest('base64');
    const known = this.#schemas.get(name);
    if (known?.digest === digest) return;
    if (known !== undefined) this.#generation += 1;
    this.#hidesTables = this.#source.user === undefined && !sight.allTables;
    if (!sight.triggers && known === undefined) this.#options.onUnseenTriggers(name);
    this.#schemas.set(name, { ...readSchema(name, answers), digest });
  }
}

/** A connection that was lost says nothing of the schemas: they are asked for once more. */
async function askTwice(source: CatalogueSource, queries: readonly string[]): ReturnType<CatalogueSource['ask']> {
  try {
    return await source.ask(queries);
  } catch (error) {
    if (!CONNECTION_LOST.has(codeOf(error))) throw error;
    return source.ask(queries);
  }
}

/** What an agent hears of a failure: a message may name accounts and hosts that are none of its business. */
function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : 'the server was not reached';
}

/** A statement with what it leads to; the same object where that is nothing. */
function withEffects(named: AnalysedStatement, effects: EffectReader | undefined): AnalysedStatement {
  if (effects === undefined) return named;
  const statement = effects.judged ?? named;
  const { analysis } = statement;
  const { inner, unseen, hidden, withoutKey, columns } = effects;
  const changes = inner.length + unseen.length + hidden.length + withoutKey.length + columns.length > 0;
  if (!changes && analysis.routines === undefined) return statement;
  return Object.freeze({
    ...statement,
    ...(inner.length > 0 && { inner }),
    analysis: Object.freeze({
      ...analysis,
      columns: columns.length === 0 ? analysis.columns : [...analysis.columns, ...columns],
      unseen: [...unseen, ...hidden],
      ...(hidden.length > 0 && { hidden }),
      ...(withoutKey.length > 0 && { withoutKey }),
    }),
  });
}

function withTables(
  statement: AnalysedStatement,
  tables: KnownTables | undefined,
  effects: EffectReader | undefined,
): AnalysedStatement {
  if (tables === undefined) return statement;
  const absent = [...(effects?.absent ?? [])];
  if (absent.length === 0 && statement.analysis.lineage === undefined) return statement;
  return Object.freeze({ ...statement, tables, ...(absent.length > 0 && { absent }) });
}

/** A text in which the session's temporary tables are no tables that may be others; the same object where it names none of them. */
function withTemporary(text: AnalysedText, temporary: TableNames): AnalysedText {
  if (temporary.size === 0) return text;
  const isTemporary = (name: string): boolean => temporary.has(name);
  const names = ({ absent, analysis }: AnalysedStatement): readonly string[] => [
    ...(absent ?? []),
    ...(analysis.hidden ?? []),
  ];
  if (!text.statements.some((statement) => names(statement).some(isTemporary))) return text;
  return { statements: text.statements.map((statement) => withoutHidden(statement, isTemporary)) };
}

function withoutHidden(statement: AnalysedStatement, isTemporary: (name: string) => boolean): AnalysedStatement {
  const { analysis } = statement;
  const { unseen = [], hidden = [] } = analysis;
  const others = unseen.slice(0, unseen.length - hidden.length);
  const left = hidden.filter((name) => !isTemporary(name));
  return Object.freeze({
    ...statement,
    absent: statement.absent?.filter((name) => !isTemporary(name)) ?? [],
    analysis: Object.freeze({ ...analysis, unseen: [...others, ...left], hidden: left }),
  });
}
