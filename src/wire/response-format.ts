/** The shape of the answer that a command gets. */
export type ResponseKind = 'text' | 'binary' | 'fetch' | 'prepare' | 'simple' | 'auth';

/** What of the negotiated capabilities changes the answers. */
export interface ResponseFormat {
  /** CLIENT_DEPRECATE_EOF. */
  readonly deprecateEof: boolean;
  /** MARIADB_CLIENT_EXTENDED_METADATA. */
  readonly extendedMetadata: boolean;
}
