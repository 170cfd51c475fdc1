/**
 * A process of the fuzzer: runs the order on its command line and answers with a report.
 *
 * @module
 */
import { fuzz, type FuzzOrder } from './fuzz-run.js';

const order = JSON.parse(process.argv[2] ?? '{}') as FuzzOrder;
process.send?.(fuzz(order), () => {
  process.disconnect();
});
