/**
 * What stands in a field of an expression. `skip` holds no name: a flag, a token or a literal. `words` are keywords or a type, which the
 * tree names in its own spelling.
 */
export type FieldRole = 'expression' | 'expressions' | 'query' | 'name' | 'words' | 'skip';

/** The fields of an expression that may be filled. One that is not listed makes the statement unknown. */
export interface ExpressionShape {
  readonly fields: Readonly<Record<string, FieldRole>>;
  /** The function that it calls, though the tree does not write it as one. */
  readonly calls?: string;
}

const negatable = { negated: 'skip', expr: 'expression' } as const;

/** Expressions whose fields are all there is to them, by the name of their variant. */
export const shapes: ReadonlyMap<string, ExpressionShape> = new Map<string, ExpressionShape>(
  Object.entries({
    InList: { fields: { ...negatable, list: 'expressions' } },
    InSubquery: { fields: { ...negatable, subquery: 'query' } },
    Between: { fields: { ...negatable, low: 'expression', high: 'expression' } },
    Like: { fields: { ...negatable, pattern: 'expression', escape_char: 'skip' } },
    RLike: { fields: { ...negatable, pattern: 'expression', regexp: 'skip' } },
    Exists: { fields: { negated: 'skip', subquery: 'query' } },
    UnaryOp: { fields: { op: 'skip', expr: 'expression' } },
    AnyOp: { fields: { left: 'expression', compare_op: 'skip', right: 'expression', is_some: 'skip' } },
    AllOp: { fields: { left: 'expression', compare_op: 'skip', right: 'expression' } },
    MemberOf: { fields: { value: 'expression', array: 'expression' } },
    Collate: { fields: { expr: 'expression', collation: 'name' } },
    Interval: { fields: { value: 'expression', leading_field: 'words' } },
    TypedString: { fields: { data_type: 'words', value: 'skip' } },
    Cast: { fields: { kind: 'skip', expr: 'expression', data_type: 'words' }, calls: 'cast' },
    Convert: { fields: { expr: 'expression', data_type: 'words', charset: 'name' }, calls: 'convert' },
    Extract: { fields: { field: 'words', syntax: 'skip', expr: 'expression' }, calls: 'extract' },
    Ceil: { fields: { expr: 'expression', field: 'skip' }, calls: 'ceil' },
    Floor: { fields: { expr: 'expression', field: 'skip' }, calls: 'floor' },
    Position: { fields: { expr: 'expression', in: 'expression' }, calls: 'position' },
    Trim: { fields: { trim_where: 'skip', trim_what: 'expression', expr: 'expression' }, calls: 'trim' },
  } satisfies Record<string, ExpressionShape>),
);

/** Variants that hold one expression and nothing else. */
export const wrappers: ReadonlySet<string> = new Set([
  ...['IsNull', 'IsNotNull', 'IsTrue', 'IsNotTrue', 'IsFalse', 'IsNotFalse', 'IsUnknown', 'IsNotUnknown', 'Nested'],
]);
