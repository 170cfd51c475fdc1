import * as v from 'valibot';

const MAX_LIMIT = 1000;
const Position = v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'must be a cursor'), v.transform(Number));
const Limit = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}$/, 'must be a number'),
  v.transform(Number),
  v.minValue(1, 'must be at least 1'),
  v.transform((limit) => Math.min(limit, MAX_LIMIT)),
);
const Flag = v.pipe(
  v.picklist(['true', 'false']),
  v.transform((text) => text === 'true'),
);

/** Which page of a list is asked for. */
export interface PageQuery {
  /** Position after which to begin; 0 for the start. */
  readonly after: number;
  /** At most so many: 1000 or fewer. */
  readonly limit: number;
  /** The newest instead of the oldest; still in the order in which they came. */
  readonly newest: boolean;
}

/**
 * Reads the query string of a list: which page, and what its entries have to be.
 * @param filters what may be asked of them beside
 * @returns what it says, or what is wrong with it
 */
export function readListQuery<const Name extends string>(
  query: unknown,
  filters: Readonly<Record<Name, v.GenericSchema<string>>>,
): (PageQuery & Readonly<Partial<Record<Name, string>>>) | string {
  const page = { after: v.optional(Position, '0'), limit: v.optional(Limit, '100'), newest: v.optional(Flag, 'false') };
  const asked = Object.entries<v.GenericSchema<string>>(filters).map(([name, schema]) => [name, v.optional(schema)]);
  const result = v.safeParse(v.strictObject({ ...page, ...Object.fromEntries(asked) }), query);
  if (result.success) return result.output as PageQuery & Readonly<Partial<Record<Name, string>>>;
  return result.issues.map((issue) => `${v.getDotPath(issue) ?? 'query'}: ${issue.message}`).join('; ');
}
