import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';

import type { ApprovalMessage } from '../../approval/approval-message.js';
import { isSameName } from '../../approval/same-name.js';
import type { ApprovalSigner } from '../../identity/approval-signer.js';
import type { HttpProblem } from '../http/route.js';
import type { ApprovalDemand, ApprovalOptions } from './approval-rules.js';
import type { ApprovalStatus, ApprovalStore, HeldApproval } from './approval-store.js';

/** Somebody who decides. */
export interface Decider {
  readonly name: string;
  /** Empty where nobody vouches for the name. */
  readonly issuer: string;
  readonly groups: readonly string[];
  /** Who decides in somebody else's name: the chain of delegation of their token. */
  readonly actor: readonly string[];
  /** Somebody in person; a static token may be anybody's. */
  readonly isPerson: boolean;
  readonly channel: 'api' | 'webhook';
}

/** What somebody decides. */
export interface DecisionInput {
  readonly decision: 'approved' | 'rejected';
  readonly reason?: string | undefined;
  /** It is also for the same statement with other values, in the same task: for so many minutes, and so often. */
  readonly grant?: { readonly minutes: number; readonly uses: number } | undefined;
}

/** How a request stands, and what it needs. */
export interface ApprovalView extends HeldApproval {
  readonly needs: { readonly approvals: number; readonly groups: readonly string[] };
}

/** How a request stands, for who waits for it. */
export interface ApprovalOutcome {
  readonly status: ApprovalStatus;
  /** Signed, where it was decided. */
  readonly decision?: string;
}

const DAY_MS = 86_400_000;
const MAX_PENDING = 1_000;
const MAX_WAIT_MS = 86_400_000;

/** The requests that wait, and the rules by which they are decided. */
export class ApprovalBook {
  readonly #store: ApprovalStore;
  readonly #signer: ApprovalSigner;
  readonly #options: ApprovalOptions;
  /** `changed`, with the id of the request. */
  readonly #events = new EventEmitter();
  readonly #timer: NodeJS.Timeout;
  #isEnding = false;

  constructor(store: ApprovalStore, signer: ApprovalSigner, options: ApprovalOptions) {
    this.#store = store;
    this.#signer = signer;
    this.#options = options;
    this.#events.setMaxListeners(0);
    this.#timer = setInterval(() => this.#expire(), 1_000);
    this.#timer.unref();
  }

  /** The public keys that outcomes are signed with. */
  get keys(): ApprovalSigner['keys'] {
    return this.#signer.keys;
  }

  /** Calls back with each request that changes: that is new, or was decided, or is over. */
  onChange(listener: (view: ApprovalView) => void): void {
    this.#events.on('changed', (id: string) => {
      const view = this.find(id);
      if (view !== undefined) listener(view);
    });
  }

  /** Takes a request, which may come again. */
  open(request: ApprovalMessage, requester: string, now: Date = new Date()): ApprovalView | HttpProblem {
    const known = this.find(request.id);
    if (known !== undefined) {
      const isSame = known.requester === requester && known.request.digest === request.digest;
      return isSame ? known : { statusCode: 409, error: 'there is another request with this id' };
    }
    const leftMs = Date.parse(request.expires_at) - now.getTime();
    if (leftMs <= 0 || leftMs > MAX_WAIT_MS)
      return { statusCode: 422, error: 'expires_at: must be in the next 24 hours; see to the clocks' };
    if (this.#store.pendingOf(requester) >= MAX_PENDING)
      return { statusCode: 429, error: `${requester} has ${MAX_PENDING} requests that wait` };
    this.#store.commit(() => {
      // As one way to write a time, so that the texts compare as the times do.
      const expires_at = new Date(request.expires_at).toISOString();
      this.#store.add({ ...request, expires_at }, requester, now.toISOString());
      this.#useGrant(request, now);
    });
    this.#changed(request.id);
    return this.find(request.id) as ApprovalView;
  }

  find(id: string): ApprovalView | undefined {
    const held = this.#store.find(id);
    return held && this.#viewOf(held);
  }

  /** The newest first. */
  list(status: ApprovalStatus | undefined, limit: number): readonly ApprovalView[] {
    return this.#store.list(status, limit).map((held) => this.#viewOf(held));
  }

  /** Takes what somebody says. One no is enough; of yes it takes as many as the rule needs. */
  decide(id: string, decider: Decider, input: DecisionInput, now: Date = new Date()): ApprovalView | HttpProblem {
    const view = this.find(id);
    if (view === undefined) return { statusCode: 404, error: 'there is no request with this id' };
    const problem = this.#problemOf(view, decider, input, now);
    if (problem !== undefined) return problem;
    const { decision, reason = null, grant } = input;
    const { name: by, issuer, channel } = decider;
    if (view.votes.some((vote) => isSameName(vote.by, by)))
      return { statusCode: 409, error: `${by} has decided on it before` };
    this.#store.commit(() => {
      this.#store.vote(id, { by, issuer, decision, reason, channel, at: now.toISOString() });
      const { votes, needs } = this.find(id) as ApprovalView;
      if (decision === 'rejected') this.#store.end(id, 'rejected');
      else if (votes.length >= needs.approvals) this.#store.end(id, 'approved');
      const key = grantKey(view.request);
      if (decision === 'approved' && grant !== undefined && key !== undefined) {
        const expires_at = new Date(now.getTime() + grant.minutes * 60_000).toISOString();
        this.#store.addGrant({ key, approval: id, by: [by], expires_at, uses: grant.uses });
      }
    });
    this.#changed(id);
    return this.find(id) as ApprovalView;
  }

  /** Ends a request that nobody waits for any more. */
  cancel(id: string, requester: string): HttpProblem | undefined {
    const held = this.#store.find(id);
    if (held === undefined || held.requester !== requester)
      return { statusCode: 404, error: 'there is no request of yours with this id' };
    if (this.#store.end(id, 'cancelled')) this.#changed(id);
    return undefined;
  }

  /** How a request stands: as soon as it is decided, or after a while as it is then. */
  async outcome(
    id: string,
    requester: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<ApprovalOutcome | HttpProblem> {
    const held = this.#store.find(id);
    if (held === undefined || held.requester !== requester)
      return { statusCode: 404, error: 'there is no request of yours with this id' };
    if (held.status === 'pending' && waitMs > 0 && !this.#isEnding) await this.#wait(id, waitMs, signal);
    return this.#outcomeOf(this.#store.find(id) ?? held);
  }

  /** Forgets what was decided so many days ago. */
  removeOld(keepDays: number, now: Date = new Date()): void {
    this.#store.removeBefore(new Date(now.getTime() - keepDays * DAY_MS).toISOString());
  }

  /** Answers those who wait for an outcome, now and from now on, as it is. */
  stopWaiting(): void {
    this.#isEnding = true;
    this.#events.emit('ending');
  }

  close(): void {
    clearInterval(this.#timer);
    this.#events.removeAllListeners();
    this.#store.close();
  }

  #problemOf(
    { request, status, needs }: ApprovalView,
    { name, groups, actor: delegates, isPerson }: Decider,
    { grant }: DecisionInput,
    now: Date,
  ): HttpProblem | undefined {
    const stands = status === 'pending' && Date.parse(request.expires_at) <= now.getTime() ? 'expired' : status;
    if (stands !== 'pending') return { statusCode: 409, error: `it is ${stands}: a decision changes nothing any more` };
    if (delegates.length > 0)
      return {
        statusCode: 403,
        error: 'a token that was handed on decides nothing: a person does, with one of their own',
      };
    if ([request.agent.subject, ...request.agent.actor].some((own) => isSameName(own, name)))
      return { statusCode: 403, error: 'nobody decides on what is done in their own name' };
    if (!isPerson && needs.approvals > 1)
      return { statusCode: 403, error: 'where several people have to approve, each does so with a token of their own' };
    if (needs.groups.length > 0 && !needs.groups.some((group) => groups.includes(group)))
      return { statusCode: 403, error: `the rule ${request.rule} wants somebody of ${needs.groups.join(' or ')}` };
    if (grant !== undefined && needs.approvals > 1)
      return { statusCode: 422, error: 'what several people have to approve is approved for one statement only' };
    if (grant !== undefined && grantKey(request) === undefined)
      return { statusCode: 422, error: 'it has no task that more could be granted for' };
    return undefined;
  }

  #viewOf(held: HeldApproval): ApprovalView {
    return { ...held, needs: this.#demandOf(held.request.rule) };
  }

  #demandOf(rule: string): ApprovalView['needs'] {
    const { rules = {}, otherwise = {} } = this.#options;
    const { approvals = 1, groups = [] }: ApprovalDemand = Object.hasOwn(rules, rule) ? (rules[rule] ?? {}) : otherwise;
    return { approvals, groups };
  }

  #useGrant(request: ApprovalMessage, now: Date): void {
    const key = this.#demandOf(request.rule).approvals === 1 ? grantKey(request) : undefined;
    const grant = key === undefined ? undefined : this.#store.useGrant(key, now.toISOString());
    if (grant === undefined) return;
    const reason = `granted with ${grant.approval}, ${grant.uses} more`;
    for (const by of grant.by)
      this.#store.vote(request.id, {
        by,
        issuer: '',
        decision: 'approved',
        reason,
        channel: 'grant',
        at: now.toISOString(),
      });
    this.#store.end(request.id, 'approved');
  }

  async #outcomeOf({ request, status, votes }: HeldApproval): Promise<ApprovalOutcome> {
    if (status !== 'approved' && status !== 'rejected') return { status };
    const deciding = votes.filter(({ decision }) => decision === status);
    const reason = deciding.find((vote) => vote.reason !== null)?.reason ?? undefined;
    const { id, digest, expires_at } = request;
    const decision = await this.#signer.sign({
      ...{ id, digest, decision: status, by: deciding.map(({ by }) => by), reason },
      expiresAtMs: Date.parse(expires_at),
    });
    return { status, decision };
  }

  #wait(id: string, waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#events.off('changed', onChange);
        this.#events.off('ending', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const onChange = (changed: string): void => {
        if (changed === id && this.#store.find(id)?.status !== 'pending') done();
      };
      const timer = setTimeout(done, waitMs);
      this.#events.on('changed', onChange);
      this.#events.on('ending', done);
      signal.addEventListener('abort', done);
    });
  }

  #expire(): void {
    for (const id of this.#store.expire(new Date().toISOString())) this.#changed(id);
  }

  #changed(id: string): void {
    this.#events.emit('changed', id);
  }
}

/** What a grant is for: the same statements, whatever their values, of the same agent in the same task, at the same place. Undefined without a task. */
function grantKey({ agent, task, rule, server, namespace, statements }: ApprovalMessage): string | undefined {
  const digests = statements.map(({ fingerprint_digest }) => fingerprint_digest);
  if (task === undefined || digests.includes('')) return undefined;
  const parts = [
    agent.issuer,
    agent.subject,
    agent.actor,
    task.id,
    task.source,
    rule,
    server,
    namespace ?? null,
    digests,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
