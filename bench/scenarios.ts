import { analysis } from './analysis.js';
import { checkCommand } from './check-command.js';
import { collector } from './collector.js';
import { detectors } from './detectors.js';
import { growth } from './growth.js';
import { journal } from './journal.js';
import { proxyMemory } from './proxy-memory.js';
import { least } from './least.js';
import type { Scenario } from './scenario.js';
import { startUp } from './start-up.js';
import { orms } from './through-orms.js';
import { pools } from './through-pools.js';
import { proxy } from './through-proxy.js';

/** All scenarios, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  ...[analysis, checkCommand, detectors, journal, proxy, proxyMemory, collector, startUp],
  ...[pools, least, orms, growth],
];

/**
 * The scenarios of these names, with commas between them.
 * @throws RangeError naming the ones that there are
 */
export function scenariosOf(names: string | undefined): readonly Scenario[] {
  if (names === undefined) return scenarios;
  return names.split(',').map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name);
    if (found !== undefined) return found;
    throw new RangeError(`there is no scenario ${name}; there are ${scenarios.map((known) => known.name).join(', ')}`);
  });
}
