import type { AnalysisScope } from '../sql/analysis.js';
import type { Analyser } from '../sql/index.js';
import { framesOf } from '../wire/frames.js';
import { traceparentOf } from './assertions.js';
import type { StatementRecorder } from './statement-recorder.js';
import type { Actor, Refusal } from './statement-judge.js';

/** In a comment, this would be taken for a tag. */
const TAG = /\bagent\s*=\s*'/;
const NAME = Buffer.from('agent');
const COMMENT_STARTS = ['/*', '--', '#'].map((start) => Buffer.from(start));

/**
 * Writes who runs a statement in front of it, as a comment in the form of sqlcommenter, so that the server's general log, slow log, process list
 * and performance schema name the agent. In front, because there nothing can swallow it, and no log cuts it off.
 * @see https://google.github.io/sqlcommenter/spec/
 */
export class IdentityTags {
  readonly #analyser: Analyser;
  readonly #recorder: StatementRecorder;
  #actor: Actor | undefined;
  /** What stands before and behind the number of the statement. */
  #before = '';
  #behind = '';

  constructor(analyser: Analyser, recorder: StatementRecorder) {
    this.#analyser = analyser;
    this.#recorder = recorder;
  }

  /** Refuses a text with a comment that could be taken for a tag: what stands in the server's logs would not be true. */
  refusal(payload: Buffer, start: number, scope: AnalysisScope): Refusal | undefined {
    if (!payload.includes(NAME, start) || !COMMENT_STARTS.some((each) => payload.includes(each, start)))
      return undefined;
    if (!TAG.test(this.#analyser.gaps(payload, start, payload.length, scope))) return undefined;
    const reason = 'a comment names an agent, as only Countersign may: leave it out, or switch tags off (option tag)';
    return { code: 'DENIED_BY_RULE', rule: 'identity-tag', reason };
  }

  /**
   * A command with a tag in front of each of its statements, which are the ones that were recorded last.
   * @returns undefined where it would take another frame: the answer's sequence ids would not be the ones that the client waits for
   */
  tagged(payload: Buffer, start: number, count: number, scope: AnalysisScope, actor: Actor): Buffer | undefined {
    const first = this.#recorder.statementNo - count + 1;
    if (count === 1) return withTags(payload, [start], [this.#tag(actor, first)]);
    const starts = this.#analyser.split(payload, start, payload.length, scope).map((span) => span.start);
    return withTags(
      payload,
      starts,
      starts.map((_, index) => this.#tag(actor, first + index)),
    );
  }

  /** ASCII, with a space behind it. */
  #tag(actor: Actor, statementNo: number): string {
    const last = this.#actor;
    const isLast =
      last?.identity === actor.identity && last?.taskId === actor.taskId && last?.assertions === actor.assertions;
    if (!isLast) this.#describe(actor);
    return `${this.#before}${statementNo}${this.#behind}`;
  }

  #describe(actor: Actor): void {
    this.#actor = actor;
    const { identity, taskId, assertions } = actor;
    const { sessionId } = this.#recorder;
    const first = [
      pair('actor', identity?.actor.join(',')),
      pair('agent', identity?.subject),
      pair('session', sessionId),
    ];
    this.#before = `/*${first.filter((text) => text !== '').join(',')},statement='`;
    const trace = assertions?.trace;
    const last = [pair('task', taskId), pair('traceparent', trace && traceparentOf(trace))];
    this.#behind = `'${last.map((text) => (text === '' ? '' : `,${text}`)).join('')}*/ `;
  }
}

function pair(key: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `${key}='${encodeValue(value)}'`;
}

/** As sqlcommenter wants it, and without a character that could end the comment. */
function encodeValue(value: string): string {
  return encodeURIComponent(Buffer.from(value).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A payload with a tag at each of these places; undefined where that would take another frame. */
function withTags(payload: Buffer, starts: readonly number[], tags: readonly string[]): Buffer | undefined {
  const length = tags.reduce((sum, tag) => sum + tag.length, payload.length);
  if (framesOf(length) !== framesOf(payload.length)) return undefined;
  const tagged = Buffer.allocUnsafe(length);
  let [from, at] = [0, 0];
  for (const [index, tag] of tags.entries()) {
    const start = starts[index] ?? payload.length;
    at += payload.copy(tagged, at, from, start);
    at += tagged.write(tag, at, 'latin1');
    from = start;
  }
  payload.copy(tagged, at, from);
  return tagged;
}
