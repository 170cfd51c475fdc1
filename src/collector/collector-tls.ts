/** What the collector proves itself with, in PEM. */
export interface CollectorTls {
  /** With what leads to its authority. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities of clients: who brings a certificate of theirs may send records. */
  readonly clientCa?: string | Buffer | undefined;
}
