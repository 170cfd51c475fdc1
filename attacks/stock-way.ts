import knex from 'knex';
import { openNetworkChannel } from './raw/network-channel.js';
import { driverChannel, whyNotByDriver } from './raw/driver-channel.js';
import { openConnection, type Way } from './way.js';

/**
 * The way that nobody guards: the stock driver, and packets over a connection of our own.
 * @param packets `driver` sends hand-made packets through the stock driver, as a governed one has to
 */
export function stockWay(packets: 'network' | 'driver' = 'network'): Way {
  return {
    guards: false,
    whyNot: (attack) => (packets === 'driver' ? whyNotByDriver(attack) : undefined),
    connect: (_attack, options, prepare) => openConnection(options, prepare),
    channel: (_attack, address, login) =>
      packets === 'network'
        ? openNetworkChannel(address, login)
        : driverChannel(address, login, (options, prepare) => openConnection(options, prepare)),
    knex: (_attack, options) =>
      Promise.resolve(knex({ client: 'mysql2', connection: { ...options } as object, pool: { min: 0, max: 2 } })),
    asWrapper: (fn) => fn(),
    close: () => Promise.resolve(),
  };
}
