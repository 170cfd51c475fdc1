import type { SendResult } from '../../audit/index.js';

/** There is a document with this id. It is the same record: ids are not given twice. */
const CONFLICT = 409;
const MAPPING_ERROR = 400;

interface Item {
  readonly status: number;
  readonly errorType: string;
}

/**
 * Judges the answer to a bulk request by its items. One that can be mended, such as a full queue (429), has all of them sent again, those
 * that are there ending as conflicts. Once none is left, a document that does not fit the mapping rejects the batch, which is then halved
 * until that record is alone. The error's text, which repeats values, is not part of a reason.
 * @param count - how many documents were sent
 */
export function judgeItems(
  url: string,
  answer: Readonly<Record<string, unknown>> | undefined,
  count: number,
): SendResult {
  if (answer?.['errors'] === false) return { status: 'accepted' };
  const items = itemsOf(answer);
  if (items.length !== count) return { status: 'retry', reason: `${url} gave no answer of a bulk request` };
  const failed = items.filter(({ status }) => (status < 200 || status >= 300) && status !== CONFLICT);
  const passing = failed.find(({ status }) => status !== MAPPING_ERROR);
  const [worst] = passing === undefined ? failed : [passing];
  if (worst === undefined) return { status: 'accepted' };
  const reason = `${url} took ${count - failed.length} of ${count} documents: ${worst.status} ${worst.errorType}`;
  return { status: passing === undefined ? 'rejected' : 'retry', reason };
}

/** Defensive: what stands between us and Elasticsearch may answer too. */
function itemsOf(answer: Readonly<Record<string, unknown>> | undefined): Item[] {
  const items: unknown = answer?.['items'];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) => {
    const result = (item as { create?: { status?: unknown; error?: { type?: unknown } } } | null)?.create;
    return typeof result?.status === 'number'
      ? [{ status: result.status, errorType: String(result.error?.type ?? '') }]
      : [];
  });
}
