import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take 15 seconds or more: what begins last with them leaves a processor idle at the end. */
const LONG: readonly string[] = [
  'soak/soak',
  'package/installed',
  'attacks/attacks',
  'examples/examples',
  'docs/commands',
  'collector/console',
  'masking/leaks/leaks',
  'attacks/mutations',
  'chaos/chaos',
  'sql/nesting',
  'collector/nats-source',
  'audit/tampering',
  'masking/types/large-values',
  'fuzz/fuzz',
  'cli/replay/long-session',
  'package/install-size',
  'sql/built-in-functions',
  'transports/nats-transport',
  'proxy/abuse',
];

/** Begins with the files that are known to take long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => place(one) - place(other));
  }
}

function place({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return at === -1 ? LONG.length : at;
}
