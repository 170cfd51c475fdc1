type Awaitable<T> = T | Promise<T>;

/**
 * What bounds who comes in: how many connections there are, whose they are, and from where logins have failed. One of them is asked by all processes of a
 * proxy. What an answer is waited for may fail, where who keeps it is gone: then nobody is let in.
 */
export interface Admissions {
  /** Takes a connection in, where there are fewer than `most`. @returns whether it is taken: then it is given back by {@link leave} */
  enter(most: number): Awaitable<boolean>;
  leave(): void;
  /**
   * Counts a connection to an agent, where that has fewer than `most`.
   * @param agent - whose issuer and subject it has, as one text
   * @returns how many it has beside; with `most` and more it is not counted, otherwise given back by {@link leaveAgent}
   */
  enterAgent(agent: string, most: number): Awaitable<number>;
  leaveAgent(agent: string): void;
  /** How many logins from an address have failed within a minute. */
  failures(address: string): Awaitable<number>;
  failed(address: string): void;
}
