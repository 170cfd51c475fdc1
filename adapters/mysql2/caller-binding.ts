import { type Caller, currentCaller, runAs } from '../../src/session/index.js';
import { type Mysql2Command, type Mysql2Connection, queueElement } from '../../src/driver/mysql2-internals.js';
import type { AwaitedGovernor } from './governor-source.js';

/** On a command: who queued it. A property, because a WeakMap with an entry for every statement costs the garbage collector dearly. */
const queuedBy: unique symbol = Symbol('countersign.queuedBy');

type BoundCommand = Mysql2Command & { [queuedBy]?: Caller };

/** Who queued a command; undefined where it came past `addCommand`. */
export function callerOf(command: BoundCommand | null | undefined): Caller | undefined {
  return command?.[queuedBy];
}

/**
 * Remembers who queues each command, at the moment of the call, and runs its callback or its events as that caller: mysql2 runs
 * them in the asynchronous context of the socket, which belongs to whoever opened the connection.
 */
export function bindCommands(connection: Mysql2Connection, governor: AwaitedGovernor): void {
  const { addCommand } = connection;
  const openedBy = currentCaller();
  const queued = [connection._command];
  for (let index = 0; index < connection._commands.length; index += 1) {
    queued.push(queueElement(connection._commands, index) as Mysql2Command);
  }
  for (const command of queued as (BoundCommand | null | undefined)[]) {
    if (command !== null && command !== undefined) command[queuedBy] = openedBy;
  }
  connection.addCommand = function (command: BoundCommand): Mysql2Command {
    if (command[queuedBy] === undefined) {
      command[queuedBy] = governor.caller();
      bindResults(command, currentCaller());
    }
    return addCommand.call(this, command);
  };
}

function bindResults(command: Mysql2Command, caller: Caller): void {
  const { onResult, emit } = command;
  if (typeof onResult === 'function') command.onResult = boundTo(caller, onResult);
  else command.emit = boundTo(caller, emit);
}

/**
 * The function, run as the caller. Not written where it is assigned: V8 allocates a function literal that is assigned to a property in the old
 * generation, where it would keep its command and rows alive until the next full collection.
 */
function boundTo<This, Args extends unknown[], Result>(
  caller: Caller,
  fn: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  return function (this: This, ...args: Args): Result {
    return runAs(caller, () => fn.apply(this, args));
  };
}
