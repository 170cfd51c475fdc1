import type {
  AnalysedStatement,
  Analysis,
  AnalysisScope,
  ColumnUse,
  InnerStatement,
  TableUse,
} from '../sql/analysis.js';
import type { BodyReader } from './body-reader.js';
import type { LoadableFunctions } from './loadable-functions.js';
import type {
  CatalogueReference,
  CatalogueRoutine,
  CatalogueTable,
  CatalogueTrigger,
  SchemaObjects,
  TriggerEvent,
} from './schema-objects.js';

/** Where a statement stands, and with which default schema it is read. */
interface Place {
  readonly within: readonly string[];
  /** As `within`, with what each is: a view and a procedure may have one name. */
  readonly way: readonly string[];
  readonly scope: AnalysisScope;
  readonly firesTriggers: boolean;
  /** It writes through a view: which columns it changes is not seen. */
  readonly changesAny: boolean;
  /** Nothing but views leads there. */
  readonly inViews: boolean;
}

/** Most statements that one leads to. */
const MAX_INNER = 512;

/** Schemas of the server itself. Their views and routines are its own: they are named, and not looked into. */
const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(['mysql', 'sys']);
/** Most schemas that are looked into for one statement. */
const MAX_SCHEMAS = 32;

/** Finds out what a statement leads to: in views, routines and triggers, and by foreign keys. One for each statement. */
export class EffectReader {
  /** It, as its conditions are where the views that it names are seen through. */
  judged: AnalysedStatement | undefined = undefined;
  /** What runs because it does. */
  readonly inner: InnerStatement[] = [];
  /** Tables that it updates or deletes from by a condition on no first column of an index. */
  readonly withoutKey: string[] = [];
  readonly #bodies: BodyReader;
  readonly #schemas: ReadonlyMap<string, SchemaObjects>;
  readonly #loadable: LoadableFunctions | undefined;
  readonly #hidesTables: boolean;
  /** It names what may be in a catalogue. */
  rests = false;
  /** Something that it leads to is not there, or was made since. */
  misses = false;
  /** Tables that it names itself and that are not there: `schema.name`. A session may have temporary ones of these names. */
  readonly absent: Set<string> = new Set();
  /** Columns that it uses by generated columns. */
  readonly columns: ColumnUse[] = [];
  readonly #unseen = new Set<string>();
  readonly #hidden = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #named = new Set<string>();
  /** What was looked into, with the way there: recursion ends there. */
  readonly #known = new Set<string>();

  /**
   * @param schemas by name
   * @param loadable undefined where it is not known which there are
   * @param hidesTables whether there may be tables that are not seen
   */
  constructor(
    bodies: BodyReader,
    schemas: ReadonlyMap<string, SchemaObjects>,
    loadable: LoadableFunctions | undefined,
    hidesTables: boolean,
  ) {
    this.#bodies = bodies;
    this.#schemas = schemas;
    this.#loadable = loadable;
    this.#hidesTables = hidesTables;
  }

  /** Routines, triggers and views whose inside is not seen: `schema.name`, or `name`. */
  get unseen(): readonly string[] {
    return [...this.#unseen];
  }

  /** Of `absent`, those that may be tables which are not seen. */
  get hidden(): readonly string[] {
    return [...this.#hidden];
  }

  /** Schemas that have to be known first. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Reads what a statement leads to. */
  read(statement: AnalysedStatement, scope: AnalysisScope): void {
    const place = { within: [], way: [], scope, firesTriggers: true, changesAny: false, inViews: true };
    this.columns.push(...this.#generatedColumns(statement.analysis, place));
    this.judged = this.#seenThrough(statement, place);
    this.#follow(this.judged, place);
  }

  /** A statement with its conditions judged as if the queries of its views stood in it. */
  #seenThrough(statement: AnalysedStatement, place: Place): AnalysedStatement {
    const { analysis } = statement;
    const isChange = analysis.kind === 'update' || analysis.kind === 'delete';
    const isOpen = isChange && analysis.where === 'present' && !place.changesAny;
    if (!isOpen || !analysis.tables.some((use) => this.#viewOf(use) !== undefined)) return statement;
    const bounds = this.#bodies.boundsOf(statement, place.scope, (use) => this.#viewOf(use));
    return Object.freeze({ ...statement, analysis: Object.freeze({ ...analysis, ...bounds }) });
  }

  /** The view that a name means, of which the inside may be read. */
  #viewOf(use: Pick<TableUse, 'schema' | 'table'>): CatalogueTable | undefined {
    return this.#tablesOf(use)?.find(({ definition = '' }) => definition !== '');
  }

  #follow(statement: AnalysedStatement, place: Place): void {
    const { analysis } = statement;
    for (const [index, routine] of (analysis.routines ?? []).entries()) {
      // The arguments of a CALL may call functions.
      this.#routine(routine, analysis.kind === 'call' && index === 0 ? 'procedure' : 'function', place);
    }
    // What is locked is not written yet.
    if (analysis.kind === 'administration') return;
    // A definition names what it defines; only the query in it uses tables.
    for (const use of analysis.tables) {
      if (analysis.kind !== 'ddl' || use.access === 'read') this.#table(use, statement, place);
    }
  }

  #add(inside: AnalysedStatement, place: Place): void {
    if (this.inner.length >= MAX_INNER) {
      this.#unseen.add(place.within[0] ?? '');
      return;
    }
    const statement = this.#seenThrough(inside, place);
    const columns = this.#generatedColumns(statement.analysis, place);
    const isView = place.inViews && statement.analysis.kind === 'select';
    this.inner.push({ statement: asInner(statement, columns), within: place.within, ...(isView && { isView }) });
    this.#follow(statement, place);
  }

  /** Goes into an object, unless it was looked into by the same way. Another way may be one that a rule excepts. */
  #enter(schema: string, name: string, kind: string, { within, way, scope }: Place): Place | undefined {
    const own = JSON.stringify([kind, schema, name]);
    const further = [...way, own];
    const key = further.join();
    if (way.includes(own) || this.#known.has(key)) return undefined;
    this.#known.add(key);
    return {
      within: [...within, `${schema}.${name}`],
      way: further,
      scope: this.#bodies.scopeIn(schema, scope),
      firesTriggers: true,
      changesAny: false,
      inViews: false,
    };
  }

  #schema(name: string): SchemaObjects | undefined {
    this.rests = true;
    if (this.#named.size < MAX_SCHEMAS) this.#named.add(name);
    const schema = this.#schemas.get(name);
    if (schema !== undefined) return schema;
    if (this.#named.size < MAX_SCHEMAS) this.#missing.add(name);
    else this.#unseen.add(name);
    return undefined;
  }

  #routine(called: string, kind: CatalogueRoutine['kind'], place: Place): void {
    const dot = called.indexOf('.');
    const schema = dot < 0 ? place.scope.namespace : called.slice(0, dot);
    if (schema === undefined || isOfServer(schema)) {
      this.#unseen.add(called);
      return;
    }
    const objects = this.#schema(schema);
    if (objects === undefined) return;
    const found = objects.routines.get(called.slice(dot + 1).toLowerCase()) ?? [];
    const routines = found.filter((routine) => routine.kind === kind);
    if (routines.length === 0) {
      this.misses = true;
      this.#unseen.add(called);
    }
    // Without a schema, a loadable function of the name is run in its place.
    if (dot < 0 && kind === 'function' && this.#loadable?.mayBe(called) !== false) this.#unseen.add(called);
    for (const routine of routines) this.#body(routine, routine.kind, called, place);
  }

  /** @param called how it is named where its inside is not seen */
  #body(object: CatalogueRoutine | CatalogueTrigger, kind: string, called: string, place: Place): void {
    const statements = this.#bodies.statementsOf(object, place.scope);
    if (statements === undefined) {
      this.#unseen.add(called);
      return;
    }
    const inside = this.#enter(object.schema, object.name, kind, place);
    if (inside === undefined) return;
    for (const statement of statements) this.#add(statement, inside);
  }

  #table(use: TableUse, statement: AnalysedStatement, place: Place): void {
    const tables = this.#tablesOf(use);
    if (tables === undefined) {
      this.#absent(`${use.schema}.${use.table}`, place);
      return;
    }
    for (const table of tables) {
      if (table.isDoor) this.#unseen.add(`${table.schema}.${table.name}`);
      if (table.definition !== undefined) this.#view(table, use, statement, place);
      else if (use.access === 'write') this.#written(table, statement, place);
    }
  }

  #absent(name: string, place: Place): void {
    const isNamed = place.within.length === 0;
    if (isNamed) this.absent.add(name);
    else this.misses = true;
    // The server may fold other letters than ASCII in its own way, and so find what is not found here.
    if (!isAscii(name) || (this.#hidesTables && !isNamed)) this.#unseen.add(name);
    else if (this.#hidesTables) this.#hidden.add(name);
  }

  #view(view: CatalogueTable, use: TableUse, statement: AnalysedStatement, place: Place): void {
    const query = view.definition === '' ? undefined : this.#bodies.queryOf(view, place.scope);
    if (query === undefined) {
      this.#unseen.add(`${view.schema}.${view.name}`);
      return;
    }
    // The same view may be deleted from and updated: other triggers fire.
    const way = use.access === 'write' ? eventsOf(statement).join() : 'read';
    const inside = this.#enter(view.schema, view.name, `view ${way}`, place);
    if (inside === undefined) return;
    if (use.access === 'write') this.#add(writtenThrough(query, statement), { ...inside, changesAny: true });
    else this.#add(query, { ...inside, inViews: place.inViews });
  }

  #written(table: CatalogueTable, statement: AnalysedStatement, place: Place): void {
    const { analysis } = statement;
    const events = eventsOf(statement);
    if (place.within.length === 0 && isWithoutKey(table, analysis)) this.withoutKey.push(table.name);
    const triggers = place.firesTriggers ? table.triggers.filter(({ event }) => events.includes(event)) : [];
    for (const trigger of triggers) this.#body(trigger, 'trigger', `${trigger.schema}.${trigger.name}`, place);
    // A trigger may change what the statement does not name.
    const changesAny = place.changesAny || table.triggers.some(({ event }) => event === 'UPDATE');
    const changed = analysis.columns.filter(({ clause }) => clause === 'set').map(({ column }) => column.toLowerCase());
    const computed = table.generated.map(({ name }) => name.toLowerCase());
    for (const reference of table.referencedBy) {
      const isChanged = changesAny || [...changed, ...computed].some((column) => reference.columns.has(column));
      const operation = cascadeOf(reference, events, isChanged);
      if (operation !== undefined) this.#cascade(reference, operation, place);
    }
  }

  /** Columns that a statement uses by generated columns: whoever names one names those that it is made of, in an expression. */
  #generatedColumns({ columns, tables }: Analysis, { scope }: Place): readonly ColumnUse[] {
    const found = tables.flatMap((use) => this.#tablesOf(use) ?? []);
    return found.flatMap((table) =>
      table.generated.flatMap((column) => {
        const { name } = table;
        const uses = columns.filter(
          (use) => mayMean(use, name) && (use.column === '*' || isSame(use.column, column.name)),
        );
        const bases = uses.length === 0 ? [] : this.#bodies.basesOf(column, table, scope);
        return uses.flatMap(({ clause, nested }) =>
          bases.map((base): ColumnUse => ({ table: name, column: base, clause, bare: false, nested })),
        );
      }),
    );
  }

  /** What a name may mean; undefined where it is not known. */
  #tablesOf({ schema, table }: Pick<TableUse, 'schema' | 'table'>): readonly CatalogueTable[] | undefined {
    // Without a schema the server refuses it.
    if (schema === undefined || isOfServer(schema)) return [];
    const objects = this.#schema(schema);
    return objects === undefined ? [] : objects.tables.get(table.toLowerCase());
  }

  #cascade(reference: CatalogueReference, operation: 'DELETE' | 'UPDATE', place: Place): void {
    const inside = this.#enter(reference.schema, reference.constraint, operation, place);
    if (inside === undefined) return;
    // Servers fire no triggers for what a foreign key changes.
    const further = { ...inside, firesTriggers: false };
    for (const statement of this.#bodies.cascadeOf(reference, operation, inside.scope)) this.#add(statement, further);
  }
}

/** Whether a schema is the server's own. Two of them have their names in any case. */
function isOfServer(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema) || /^(?:information|performance)_schema$/i.test(schema);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a column may be one of this table. */
function mayMean({ table }: ColumnUse, name: string): boolean {
  return table === undefined || isSame(table, name);
}

/** What is not seen of it is told of the statement that leads to it. */
function asInner(statement: AnalysedStatement, columns: readonly ColumnUse[]): AnalysedStatement {
  const { analysis } = statement;
  if (columns.length === 0 && analysis.routines === undefined) return statement;
  return Object.freeze({
    ...statement,
    analysis: Object.freeze({ ...analysis, unseen: [], columns: [...analysis.columns, ...columns] }),
  });
}

/** The events that a statement may be to the triggers of what it writes. */
function eventsOf({ analysis, fingerprint }: AnalysedStatement): readonly TriggerEvent[] {
  switch (analysis.kind) {
    case 'insert':
      return analysis.upserts === true ? ['INSERT', 'UPDATE'] : ['INSERT'];
    case 'update':
      return ['UPDATE'];
    case 'delete':
      return ['DELETE'];
    case 'load':
      return /\breplace\b/.test(fingerprint) ? ['INSERT', 'DELETE'] : ['INSERT'];
    case 'replace':
      return ['INSERT', 'DELETE'];
    default:
      return ['INSERT', 'UPDATE', 'DELETE'];
  }
}

/** What a foreign key does to the other table; undefined where it does nothing. */
function cascadeOf(
  { onDelete, onUpdate }: CatalogueReference,
  events: readonly TriggerEvent[],
  isChanged: boolean,
): 'DELETE' | 'UPDATE' | undefined {
  if (events.includes('DELETE') && onDelete === 'CASCADE') return 'DELETE';
  if (events.includes('DELETE') && onDelete.startsWith('SET')) return 'UPDATE';
  const changes = onUpdate === 'CASCADE' || onUpdate.startsWith('SET');
  return events.includes('UPDATE') && changes && isChanged ? 'UPDATE' : undefined;
}

/** Whether an UPDATE or DELETE has conditions, and none of them is about the first column of an index of the table. */
function isWithoutKey({ name, keyColumns }: CatalogueTable, { kind, where, columns }: Analysis): boolean {
  if ((kind !== 'update' && kind !== 'delete') || where !== 'present') return false;
  return !columns.some(
    (use) =>
      (use.clause === 'where' || use.clause === 'join') &&
      !use.nested &&
      mayMean(use, name) &&
      keyColumns.has(use.column.toLowerCase()),
  );
}

/** What a statement does to the tables of a view that it writes: its own conditions bound them. */
function writtenThrough(query: AnalysedStatement, { analysis, fingerprint }: AnalysedStatement): AnalysedStatement {
  if (query.analysis.kind === 'unknown') return query;
  const { kind, operation, where, upserts, upsertsQuery } = analysis;
  const tables = query.analysis.tables.map((use): TableUse => (use.outermost ? { ...use, access: 'write' } : use));
  return Object.freeze({
    ...query,
    fingerprint,
    analysis: Object.freeze({
      ...query.analysis,
      ...{ kind, operation, where, tables },
      ...(upserts !== undefined && { upserts }),
      ...(upsertsQuery !== undefined && { upsertsQuery }),
    }),
  });
}
