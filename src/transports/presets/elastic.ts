import type { Transport } from '../../audit/index.js';
import { parseRecord } from '../formats/parsed-record.js';
import { isSuccess, objectIn, rejectionOf, retryOf } from '../http-answer.js';
import { joinRecords } from '../joined-records.js';
import { HttpReceiver } from '../http-receiver.js';
import { currentSecret, routeOf } from '../receiver-options.js';
import { judgeItems } from './elastic-items.js';
import { checkElasticOptions, type CheckedElasticOptions, type ElasticOptions } from './elastic-options.js';

/** What is read of an answer: a batch of 1,000 records takes some 30 kB of it. */
const FILTER = 'errors,items.*.status,items.*.error.type';
const MAX_ANSWER_CHARS = 16 * 1024 * 1024;

/**
 * Puts records into Elasticsearch with `_bulk` and `create`, under their own ids: what is there already is not written again, and counts
 * as accepted. A data stream sees that for its newest index only.
 * @throws FailureError `OPTIONS_INVALID`
 * @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 * @example
 * ```ts
 * elastic({ url: 'https://elastic.example:9200', apiKey: process.env.ELASTIC_API_KEY });
 * ```
 */
export function elastic(options: ElasticOptions): Transport {
  const checked = checkElasticOptions(options);
  const url = routeOf(checked.url, `/${checked.index}/_bulk?filter_path=${FILTER}`);
  const receiver = new HttpReceiver({ ...checked, url, maxAnswerChars: MAX_ANSWER_CHARS });
  return {
    name: checked.name,
    acknowledges: true,
    async send({ records }, signal) {
      const lines = records.flatMap((record) => [actionOf(record), checked.format.encode(record)]);
      const answer = await receiver.post(await headersOf(checked), joinRecords(lines, 'lines'), signal);
      if (typeof answer === 'string') return { status: 'retry', reason: answer };
      if (isSuccess(answer)) return judgeItems(url, objectIn(answer), records.length);
      return answer.status === 413 ? rejectionOf(answer) : retryOf(answer);
    },
    close: async () => receiver.close(),
  };
}

function actionOf(record: Buffer): Buffer {
  return Buffer.from(JSON.stringify({ create: { _id: parseRecord(record).id } }));
}

async function headersOf({ apiKey, auth }: CheckedElasticOptions): Promise<Record<string, string>> {
  return {
    'content-type': 'application/x-ndjson',
    ...(apiKey !== undefined && { authorization: `ApiKey ${await currentSecret(apiKey)}` }),
    ...(auth !== undefined && {
      authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`,
    }),
  };
}
