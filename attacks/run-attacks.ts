import { Arena } from './arena.js';
import type { Attack, AttackFile } from './attack.js';
import { takeServer } from './attack-server.js';
import { embeddedWay } from './embedded-way.js';
import { proxyWay } from './proxy-way.js';
import { type AttackResult, runAttack } from './run-attack.js';
import { stockWay } from './stock-way.js';
import type { Way } from './way.js';

/** What to run. */
export interface RunOptions {
  /** Default both. */
  readonly only?: Attack['target'];
  /** `mysql://user:password@host:port` of an administrative account; without it, a throw-away server is started. */
  readonly server?: string;
  readonly unprotected?: boolean;
  /** Where Countersign stands, unless it is an unprotected run. Default `embedded`. */
  readonly via?: 'embedded' | 'proxy';
  /** Told of each attack as it ends. */
  readonly onResult?: (result: AttackResult) => void;
  /** The way of an unprotected run sends hand-made packets through the driver. */
  readonly packetsByDriver?: boolean;
}

/** Runs the attacks of a file, one after the other, each on a schema that is as the file wants it. */
export async function runAttacks({ header, attacks }: AttackFile, options: RunOptions = {}): Promise<AttackResult[]> {
  const { only } = options;
  const server = await takeServer(header.server.settings, options.server);
  const arena = new Arena(server, header);
  const results: AttackResult[] = [];
  let way: Way | undefined;
  try {
    way = await wayOf(header, options);
    for (const attack of attacks) {
      if (only !== undefined && attack.target !== only) continue;
      const result = await runAttack(attack, arena, way);
      results.push(result);
      options.onResult?.(result);
    }
    return results;
  } finally {
    await way?.close();
    await arena.close();
    await server.stop();
  }
}

function wayOf(header: AttackFile['header'], { unprotected, packetsByDriver, via }: RunOptions): Way | Promise<Way> {
  if (unprotected === true) return stockWay(packetsByDriver === true ? 'driver' : 'network');
  return via === 'proxy' ? proxyWay(header) : embeddedWay(header);
}
