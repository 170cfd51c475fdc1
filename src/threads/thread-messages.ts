/** What a thread is asked. */
export interface ThreadCall<Request> {
  /** Stands in the answer; from 1 on. */
  readonly no: number;
  readonly request: Request;
}

/** What a thread says: number 0 when it can be asked, or cannot begin; then one answer to each request. */
export type ThreadAnswer<Answer> =
  { readonly no: number; readonly value: Answer } | { readonly no: number; readonly error: string };
