/** What a client says in its user name. */
export interface LoginName {
  /** What it calls itself; nothing is believed of it. */
  readonly label: string;
  /** The database that it wants, where it names one of those behind this listener. */
  readonly upstream: string | undefined;
  readonly taskId: string | undefined;
}

/** As long as a task that calling code asserts. */
const MAX_TASK_LENGTH = 256;

/**
 * Takes a user name apart: `anna`, `anna+SUP-1042` with a task, `shop:anna+SUP-1042` with the name of a database too.
 * @param upstreams names of the databases
 */
export function readLoginName(user: string, upstreams: ReadonlySet<string>): LoginName {
  const colon = user.indexOf(':');
  const prefix = colon > 0 ? user.slice(0, colon) : undefined;
  const upstream = prefix !== undefined && upstreams.has(prefix) ? prefix : undefined;
  const rest = upstream === undefined ? user : user.slice(colon + 1);
  const plus = rest.indexOf('+');
  const taskId = plus >= 0 ? rest.slice(plus + 1, plus + 1 + MAX_TASK_LENGTH) : '';
  return { label: plus >= 0 ? rest.slice(0, plus) : rest, upstream, taskId: taskId === '' ? undefined : taskId };
}
