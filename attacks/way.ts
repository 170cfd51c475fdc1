import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';
import type { Knex } from 'knex';
import type { Attack } from './attack.js';
import type { NetworkAddress } from './raw/network-channel.js';
import type { ChannelLogin, PacketChannel } from './raw/packet-channel.js';

/** Name of the agent that attacks. */
export const ATTACKER = 'anna';
/** What the issuer calls it. */
export const ATTACKER_SUBJECT: string = `agent-${ATTACKER}`;

/** How attacks reach the server. */
export interface Way {
  /** Countersign stands in between. */
  readonly guards: boolean;
  /** Why an attack cannot go this way; undefined where it can. */
  whyNot(attack: Attack): string | undefined;
  /** A core connection of mysql2, logged in. */
  connect(attack: Attack, options: ConnectionOptions, prepare?: (opening: Connection) => void): Promise<Connection>;
  /** A connection for hand-made packets. */
  channel(attack: Attack, address: NetworkAddress, login: ChannelLogin): Promise<PacketChannel>;
  /** The attack's knex, guarded as this way guards. */
  knex(attack: Attack, options: ConnectionOptions): Promise<Knex>;
  /** Runs what the trusted wrapper does on the session of an attack: rules do not ask about it. */
  asWrapper<T>(fn: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens a core connection of mysql2, and waits until it is logged in. */
export function openConnection(
  options: ConnectionOptions,
  prepare: (opening: Connection) => void = () => undefined,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(options);
    connection.once('error', reject);
    connection.once('connect', () => {
      connection.removeListener('error', reject);
      // An attack may well end its connection.
      connection.on('error', () => undefined);
      resolve(connection);
    });
    prepare(connection);
  });
}
