/** A row: every value as text, null for SQL NULL. */
export type CatalogueRow = readonly (string | null)[];

/** An account of the database. */
export interface DatabaseAccount {
  readonly user: string;
  readonly password: string;
}

/** How a server is asked, over a connection of the governor's own. */
export interface CatalogueSource {
  /** The rows that each query answered. Rejects where a query failed or the server was not reached. */
  readonly ask: (queries: readonly string[]) => Promise<readonly (readonly CatalogueRow[])[]>;
  /** The governed account, where it asks as that, as `CURRENT_USER()` gives it; undefined where it asks as another one. */
  readonly user: string | undefined;
}

/** Answers queries, in order, as the account that is given, or else as the governed one. Rejects where one failed or the server was not reached. */
export type AskServer = (
  queries: readonly string[],
  account: DatabaseAccount | undefined,
) => Promise<readonly (readonly CatalogueRow[])[]>;
