/** Which part of a list to read. */
export interface PageQuery {
  /** Position after which to begin; 0 for the start. */
  readonly after: number;
  /** At most so many. */
  readonly limit: number;
  /** The newest instead of the oldest; still the newest last. */
  readonly newest?: boolean;
}
