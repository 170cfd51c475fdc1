import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex from 'knex';
import { govern as governKnex } from '../adapters/knex/index.js';
import { govern } from '../adapters/mysql2/index.js';
import { createGovernor, type Governor } from '../src/session/index.js';
import { startAgents } from '../test/governed/agents.js';
import type { Attack, FileHeader } from './attack.js';
import { attackGovernor, policyNameOf, Wrapper } from './attack-governor.js';
import { driverChannel, whyNotByDriver } from './raw/driver-channel.js';
import { ATTACKER, openConnection, type Way } from './way.js';

/** The attack's session is a connection of mysql2 that Countersign governs in this process, under the policy of the attack's rule. */
export async function embeddedWay(header: FileHeader): Promise<Way> {
  const agents = await startAgents();
  const directory = await mkdtemp(join(tmpdir(), 'countersign-attacks-journal-'));
  const identity = await agents.identity(ATTACKER);
  const governors = new Map<string, Promise<Governor>>();
  const wrapper = new Wrapper();
  const governorOf = (attack: Attack): Promise<Governor> => {
    const name = policyNameOf(attack);
    const options = { name, header, directory, isTrusted: wrapper.speaks };
    const known = governors.get(name) ?? createGovernor({ ...attackGovernor(options), identity });
    governors.set(name, known);
    return known;
  };
  const connect: Way['connect'] = async (attack, options, prepare) => {
    const governor = await governorOf(attack);
    return openConnection(options, (opening) => {
      prepare?.(opening);
      govern(opening, governor);
    });
  };
  return {
    guards: true,
    whyNot: whyNotByDriver,
    connect,
    channel: (attack, address, login) =>
      driverChannel(address, login, (options, prepare) => connect(attack, options, prepare)),
    async knex(attack, options): ReturnType<Way['knex']> {
      const stock = knex({ client: 'mysql2', connection: { ...options } as object, pool: { min: 0, max: 2 } });
      return governKnex(stock, await governorOf(attack));
    },
    asWrapper: (fn) => wrapper.as(fn),
    async close(): Promise<void> {
      await Promise.all([...governors.values()].map(async (governor) => (await governor).close()));
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
