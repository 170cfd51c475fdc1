import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCountersignError } from '../src/errors.js';
import { STATE_QUERY } from '../src/session/session-state.js';
import { type GeneralLogEntry, openGeneralLog } from '../test/database/general-log.js';
import { type Answer, Sight } from './answer.js';
import type { Arena } from './arena.js';
import type { Attack } from './attack.js';
import { tagProblem } from './identity-tags.js';
import { findBreach, stateDifference } from './oracles.js';
import { type AttackSession, openSession, type SessionOptions } from './session.js';
import { ATTACKER_SUBJECT, type Way } from './way.js';

/** How an attack ended. */
export interface AttackResult {
  readonly attack: Attack;
  readonly outcome:
    /** It came to nothing. */
    | 'stopped'
    /** It worked. */
    | 'through'
    /** It makes no sense here. */
    | 'not applicable'
    /** The runner could not find out, which is no pass. */
    | 'undecided';
  /** What the oracle saw, or why there is none. */
  readonly detail: string;
  /** The last answer that the agent got, for people. */
  readonly answer: string;
}

/** The attack's own statements may not take longer, its oracle as long again. */
const ENDS_WITHIN_MS = 30_000;

/** Resets the schema and runs one attack. Rejects only where the server cannot be reset. */
export async function runAttack(attack: Attack, arena: Arena, way: Way): Promise<AttackResult> {
  const whyNot = doesNotFit(attack, arena) ?? way.whyNot(attack);
  if (whyNot !== undefined) return notApplicable(attack, whyNot);
  await arena.reset();
  try {
    await arena.prepare(attack);
    // A server that is given may have other settings: what is unsafe already would count as done by the attack.
    const before = await stateDifference(attack.oracle, arena);
    if (before !== undefined) return notApplicable(attack, `before the attack, ${before}`);
    return await attempt(attack, arena, way);
  } catch (error) {
    return { attack, outcome: 'undecided', detail: String(error), answer: '' };
  } finally {
    await arena.tearDown(attack);
  }
}

function notApplicable(attack: Attack, detail: string): AttackResult {
  return { attack, outcome: 'not applicable', detail, answer: '' };
}

function doesNotFit(attack: Attack, { server }: Arena): string | undefined {
  const { flavour, owned } = server.database;
  if (attack.dialect !== 'both' && attack.dialect !== flavour) return `the server is ${flavour}`;
  const needsFolder = JSON.stringify(attack).includes('@OUT') || attack.oracle.kind === 'file';
  if (needsFolder && server.outDirectory === undefined) return 'secure_file_priv is no folder that can be used here';
  if (attack.oracle.kind === 'shutdown' && !owned) return 'it would stop a server that is not ours';
  return undefined;
}

async function attempt(attack: Attack, arena: Arena, way: Way): Promise<AttackResult> {
  const sight = new Sight();
  const victim = await arena.session();
  victim.on('error', () => undefined);
  const wantsLog = way.guards || attack.oracle.kind === 'identity';
  const log = wantsLog ? await openGeneralLog(arena.server.database) : undefined;
  let session: AttackSession | undefined;
  try {
    const opened = await openGuarded({ attack, arena, way, sight, victim: victim.threadId });
    if ('refused' in opened) return { attack, outcome: 'stopped', detail: '', answer: opened.refused };
    session = opened;
    const { threadId } = session;
    const { answers, elapsedMs } = await carryOut(attack, session);
    const executed = async (): Promise<readonly string[]> =>
      (await log?.read({ threadIds: [threadId] }))?.filter(isAttacks).map(({ argument }) => argument) ?? [];
    const evidence = { arena, session, sight, answers, elapsedMs, victim, executed };
    const breach =
      (await within(findBreach(attack.oracle, evidence))) ?? (way.guards ? unaccounted(await executed()) : undefined);
    const answer = answers.at(-1)?.error?.message ?? sight.summary();
    return { attack, outcome: breach === undefined ? 'stopped' : 'through', detail: breach ?? '', answer };
  } finally {
    session?.close();
    victim.destroy();
    // What it still runs would hold up the next attack.
    if (session !== undefined) await arena.run(`KILL ${session.threadId}`).catch(() => undefined);
    await log?.close();
  }
}

/** Whatever an attack was about: what reached the server names the agent. */
function unaccounted(texts: readonly string[]): string | undefined {
  const nameless = texts.find((text) => tagProblem(text, ATTACKER_SUBJECT) !== undefined);
  return nameless && `the server executed this, and was not told for whom: ${nameless}`;
}

/** A connection that Countersign does not let open is an attack that came to nothing. */
async function openGuarded(options: SessionOptions): Promise<AttackSession | { readonly refused: string }> {
  try {
    return await openSession(options);
  } catch (error) {
    if (isCountersignError(error) && error.code === 'CONNECTION_UNSUPPORTED' && options.way.guards) {
      return { refused: error.message };
    }
    throw error;
  }
}

/** The answers of an attack, and how long it took. */
interface Course {
  readonly answers: readonly Answer[];
  readonly elapsedMs: number;
}

async function carryOut(attack: Attack, session: AttackSession): Promise<Course> {
  for (const sql of attack.pre) {
    const { error } = await session.wrapper(sql);
    if (error !== undefined) throw new Error(`the wrapper cannot run ${sql}: ${error.message}`);
  }
  const { oracle } = attack;
  const start = performance.now();
  // An attack on time has worked when its time is over: nobody has to wait for its end.
  const patience = oracle.kind === 'elapsed' ? sleep(oracle.ms + 1, undefined) : undefined;
  const answers = await within(Promise.race([session.attack(), ...(patience === undefined ? [] : [patience])]));
  const elapsedMs = performance.now() - start;
  for (const sql of answers === undefined ? [] : attack.post) await session.wrapper(sql);
  return { answers: answers ?? [], elapsedMs };
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not end within ${ENDS_WITHIN_MS / 1000} s`));
    }, ENDS_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Not what Countersign asks for itself, nor the login. */
function isAttacks({ commandType, argument }: GeneralLogEntry): boolean {
  return ['Query', 'Prepare', 'Execute'].includes(commandType) && !argument.startsWith(STATE_QUERY.slice(0, 16));
}
