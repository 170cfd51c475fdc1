import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex from 'knex';
import { governKnex } from '../adapters/knex/index.js';
import { govern } from '../adapters/mysql2/index.js';
import type { Identity } from '../src/identity/index.js';
import { maskColumn } from '../src/masking/index.js';
import { createGovernor, type Governor } from '../src/session/index.js';
import { functionTransport } from '../src/transports/index.js';
import { startAgents } from '../test/governed/agents.js';
import type { Attack, FileHeader } from './attack.js';
import type { Rule } from '../src/guardrails/index.js';
import { policyFor } from './policies.js';
import { driverChannel, whyNotByDriver } from './raw/driver-channel.js';
import { ATTACKER, openConnection, type Way } from './way.js';

/** The attack's session is a connection of mysql2 that Countersign governs in this process, under the policy of the attack's rule. */
export async function embeddedWay(header: FileHeader): Promise<Way> {
  const agents = await startAgents();
  const directory = await mkdtemp(join(tmpdir(), 'countersign-attacks-journal-'));
  const identity = await agents.identity(ATTACKER);
  const governors = new Map<string, Promise<Governor>>();
  let wrapperSpeaks = false;
  const governorOf = ({ rule, target }: Attack): Promise<Governor> => {
    const name = target === 'masking' ? 'masking' : (rule ?? '');
    const known =
      governors.get(name) ??
      createAttackGovernor({ name, header, identity, directory, isTrusted: () => wrapperSpeaks });
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
    async asWrapper(fn): Promise<Awaited<ReturnType<typeof fn>>> {
      wrapperSpeaks = true;
      try {
        return await fn();
      } finally {
        wrapperSpeaks = false;
      }
    },
    async close(): Promise<void> {
      await Promise.all([...governors.values()].map(async (governor) => (await governor).close()));
      await agents.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface AttackGovernorOptions {
  readonly name: string;
  readonly header: FileHeader;
  readonly identity: Identity;
  readonly directory: string;
  readonly isTrusted: () => boolean;
}

function createAttackGovernor({
  name,
  header,
  identity,
  directory,
  isTrusted,
}: AttackGovernorOptions): Promise<Governor> {
  const policy = policyFor(name);
  const trusted: Rule = {
    name: 'trusted',
    effect: 'allow',
    matches: () => 'it is the wrapper’s own',
    appliesTo: isTrusted,
  };
  const untrusted = policy.rules.map((rule): Rule => ({
    ...rule,
    appliesTo: (circumstances) => !isTrusted() && rule.appliesTo?.(circumstances) !== false,
  }));
  const masks = header.masked.map((column) => maskColumn(`${header.database}.${column}`, 'redact'));
  return createGovernor({
    identity,
    audit: { directory: join(directory, name), transports: [functionTransport(() => undefined)] },
    policy: { ...policy, rules: [trusted, ...untrusted] },
    masks: name === 'masking' ? masks : [],
  });
}
