import type { Answer, Received } from '../recording-server.js';

/** What an index got, and how it answers. */
export interface BulkIndex {
  readonly answer: (request: Received) => Answer;
  readonly documents: Map<string, Record<string, unknown>>;
}

/** Why a document is not taken. */
export type Refusal = (id: string, document: Record<string, unknown>) => { status: number; type: string } | undefined;

/** `_bulk` of one index as Elasticsearch documents it: 200 with a status for each item, 409 where `create` finds the id, a line break at the end. */
export function bulkIndex(index: string, apiKey: string, refuse: Refusal = () => undefined): BulkIndex {
  const documents = new Map<string, Record<string, unknown>>();
  const create = (id: string, document: Record<string, unknown>): object => {
    const refusal = refuse(id, document);
    if (refusal !== undefined) return { create: { status: refusal.status, error: { type: refusal.type } } };
    if (documents.has(id)) return { create: { status: 409, error: { type: 'version_conflict_engine_exception' } } };
    documents.set(id, document);
    return { create: { status: 201 } };
  };
  const answer = ({ path, headers, body }: Received): Answer => {
    const isBulk = path.startsWith(`/${index}/_bulk?`) && headers['content-type'] === 'application/x-ndjson';
    if (!isBulk || !body.endsWith('\n')) return { status: 400, body: { error: 'illegal_argument_exception' } };
    if (headers.authorization !== `ApiKey ${apiKey}`) return { status: 401, body: { error: 'security_exception' } };
    const lines = body
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const items = lines.flatMap((line, at) => {
      const document = lines[at + 1];
      return at % 2 === 0 && document !== undefined ? [create((line['create'] as { _id: string })._id, document)] : [];
    });
    const errors = items.some((item) => JSON.stringify(item).includes('"error"'));
    return { status: 200, body: { errors, items } };
  };
  return { answer, documents };
}
