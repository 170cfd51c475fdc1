import { createHash, timingSafeEqual } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { bearerTokenOf } from '../../bearer-token.js';
import { DenialError, isCountersignError } from '../../errors.js';
import type { Identity, TokenVerifier } from '../../identity/index.js';
import { certificateName, secretName } from '../sender-names.js';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host name or address is on this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** What somebody may do: send records, read them, decide on approvals, and all of it with the list of who looked. */
export type CollectorRole = 'writer' | 'auditor' | 'approver' | 'admin';

/** Which groups of an OIDC token have which role. Who is in none of them may do nothing. */
export type RoleGroups = { readonly [Role in CollectorRole]?: readonly string[] | undefined };

/** Who asks. */
export interface Viewer {
  /** The subject of a token of OIDC; else which static token it was. */
  readonly name: string;
  /** The same for nobody else: names of tokens, of certificates and of subjects may be alike. */
  readonly id: string;
  readonly roles: ReadonlySet<CollectorRole>;
  /** Undefined for a static token. */
  readonly identity: Identity | undefined;
}

/** How it is found out who asks. */
export interface AccessOptions {
  /** Open every route. */
  readonly tokens: readonly string[];
  /** Are good for sending records only. */
  readonly writerTokens: readonly string[];
  readonly oidc?: { readonly verifier: TokenVerifier; readonly roles: RoleGroups } | undefined;
  /** Whose certificates of clients are believed, where any are. */
  readonly tls?: { readonly clientCa?: unknown } | undefined;
}

/** Why somebody is not let in. */
export interface AccessProblem {
  readonly statusCode: 401 | 403 | 503;
  readonly error: string;
}

const EVERY: readonly CollectorRole[] = ['writer', 'auditor', 'approver', 'admin'];
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * Finds out who asks. Without any token or issuer (on loopback only) it is whoever called a loopback name: a web page whose host name was rebound to
 * 127.0.0.1 did not.
 */
export class Access {
  readonly #statics: readonly { readonly digest: Buffer; readonly viewer: Viewer }[];
  readonly #oidc: AccessOptions['oidc'];
  readonly #hasCertificates: boolean;
  readonly #local: Viewer = { name: 'local', id: 'local', roles: new Set(EVERY), identity: undefined };

  constructor({ tokens, writerTokens, oidc, tls }: AccessOptions) {
    this.#oidc = oidc;
    this.#hasCertificates = tls?.clientCa !== undefined;
    const of = (list: readonly string[], name: string, roles: readonly CollectorRole[]) =>
      list.map((token, at) => ({
        digest: digest(token),
        viewer: {
          ...{ name: `${name} ${at + 1}`, id: `${name} ${secretName(token)}` },
          ...{ roles: new Set(roles), identity: undefined },
        },
      }));
    this.#statics = [...of(tokens, 'token', EVERY), ...of(writerTokens, 'writer token', ['writer'])];
  }

  /** Who asks, or why nobody is let in. */
  async identify({ headers: { authorization }, hostname, raw }: FastifyRequest): Promise<Viewer | AccessProblem> {
    if (this.#statics.length === 0 && this.#oidc === undefined && !this.#hasCertificates) {
      if (isLoopback(hostname)) return this.#local;
      return { statusCode: 403, error: 'without a token only a loopback host name is served' };
    }
    const token = bearerTokenOf(authorization);
    const certificate = token === undefined && this.#hasCertificates ? certificateName(raw.socket) : undefined;
    if (certificate !== undefined) return certified(certificate);
    if (token === undefined) return { statusCode: 401, error: 'a valid bearer token is needed' };
    const known = this.#staticOf(token);
    if (known !== undefined) return known;
    if (this.#oidc === undefined) return { statusCode: 401, error: 'a valid bearer token is needed' };
    return viewerOf(token, this.#oidc);
  }

  /** Digests of equal length are compared in constant time, all of them, so that the time says nothing. */
  #staticOf(token: string): Viewer | undefined {
    const given = digest(token);
    let found: Viewer | undefined;
    for (const one of this.#statics) if (timingSafeEqual(one.digest, given)) found = one.viewer;
    return found;
  }
}

/** Who brings a certificate is a program that sends records. */
function certified(name: string): Viewer {
  return { name, id: name, roles: new Set(['writer']), identity: undefined };
}

async function viewerOf(
  token: string,
  { verifier, roles: groups }: NonNullable<AccessOptions['oidc']>,
): Promise<Viewer | AccessProblem> {
  let identity: Identity;
  try {
    identity = await verifier.verify(token);
  } catch (error) {
    if (error instanceof DenialError) return { statusCode: 401, error: error.message };
    const code = isCountersignError(error) ? ` (${error.code})` : '';
    return { statusCode: 503, error: `the token cannot be checked now: try again${code}` };
  }
  const has = (role: CollectorRole): boolean => (groups[role] ?? []).some((group) => identity.groups.includes(group));
  const roles = new Set(has('admin') ? EVERY : EVERY.filter(has));
  return { name: identity.subject, id: JSON.stringify([identity.issuer, identity.subject]), roles, identity };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate of a route. */
    viewer?: Viewer;
  }
}

/** Looks at a request before anything else does; answers it where it may not pass. */
export type Gate = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Lets pass who has a role.
 * @param onRefused - told of who is known, and may not
 */
export function createGate(
  access: Access,
  role: CollectorRole,
  onRefused: (viewer: Viewer, request: FastifyRequest) => Promise<void>,
): Gate {
  return async (request, reply) => {
    const viewer = await access.identify(request);
    if ('error' in viewer) {
      if (viewer.statusCode === 401) reply.header('www-authenticate', 'Bearer');
      await reply.code(viewer.statusCode).send({ error: viewer.error });
    } else if (!viewer.roles.has(role)) {
      await onRefused(viewer, request);
      await reply.code(403).send({ error: `${viewer.name} may not: the role ${role} is needed` });
    } else request.viewer = viewer;
  };
}
