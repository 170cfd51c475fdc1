import type { Server, ServerOptions } from 'node:https';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import * as v from 'valibot';
import { DenialError, isCountersignError } from '../errors.js';
import type { AuditTrail } from '../audit/index.js';
import type { ShortLivedCredential, ShortLivedCredentials } from '../identity/short-lived-credentials.js';
import { bearerTokenOf } from '../bearer-token.js';
import { messageOf } from '../message-of.js';
import { recordCredential, recordRefusedLogin } from '../session/login-records.js';
import { type CertificateFiles, type LoadedCertificate, watchCertificate } from './certificates.js';
import type { FailedLogins } from './limits/failed-logins.js';
import type { LoginChecks } from './login-checks.js';
import type { CredentialOptions } from './proxy-options.js';

/** What makes credentials. */
export interface CredentialParts {
  /** Every credential, and who was refused one, is recorded. */
  readonly trail: AuditTrail;
  readonly checks: LoginChecks;
  /** An address that fails too often has to wait, wherever it knocks. */
  readonly failures: FailedLogins;
  readonly logger: Logger;
}

const MAX_BODY_BYTES = 4_096;
const MAX_CONNECTIONS = 1_000;
const body = v.optional(v.strictObject({ task: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))) }), {});

/** `POST /v1/credentials`: a token in, a user name and a password out. */
export class CredentialServer {
  readonly url: string;
  readonly #app: FastifyInstance;
  readonly #certificate: CertificateFiles | undefined;

  private constructor(app: FastifyInstance, url: string, certificate: CertificateFiles | undefined) {
    this.#app = app;
    this.url = url;
    this.#certificate = certificate;
  }

  /**
   * Starts to listen.
   * @param onProblem told why a renewed certificate cannot be used
   * @throws what reading the certificate or listening fails with
   */
  static async start(
    options: CredentialOptions,
    parts: CredentialParts,
    onProblem: (error: unknown) => void,
  ): Promise<CredentialServer> {
    const { host = '127.0.0.1', port, tls } = options;
    const limits = { bodyLimit: MAX_BODY_BYTES, requestTimeout: 10_000, connectionTimeout: 10_000 };
    const certificate = tls && (await watchCertificate(tls, onProblem));
    const https = certificate === undefined ? null : httpsOf(certificate.loaded);
    const app = fastify({ ...limits, forceCloseConnections: true, https }) as unknown as FastifyInstance;
    app.server.maxConnections = MAX_CONNECTIONS;
    app.post('/v1/credentials', (request, reply) => sell(request, reply, parts));
    if (certificate !== undefined) {
      const server = app.server as unknown as Server;
      certificate.onRenewed = (renewed) => server.setSecureContext(renewed);
    }
    return new CredentialServer(app, await app.listen({ host, port }), certificate);
  }

  /** Reads its certificate again. @throws FailureError `OPTIONS_INVALID` where it cannot be used, which leaves that before */
  async refresh(): Promise<void> {
    await this.#certificate?.refresh();
  }

  async close(): Promise<void> {
    this.#certificate?.close();
    await this.#app.close();
  }
}

async function sell(request: FastifyRequest, reply: FastifyReply, parts: CredentialParts): Promise<FastifyReply> {
  const client = `${request.ip}:${request.socket.remotePort}`;
  if (await parts.failures.isBlocked(request.ip)) {
    return refuse(
      reply.header('retry-after', '60'),
      429,
      'too many tokens from here were wrong: try again in a minute',
    );
  }
  const { credentials, ...checks } = parts.checks;
  if (credentials === undefined) return refuse(reply, 404, 'short-lived credentials are switched off');
  const token = bearerTokenOf(request.headers.authorization);
  if (token === undefined) {
    return refuse(reply, 401, 'give the access token: Authorization: Bearer <token>');
  }
  const wanted = v.safeParse(body, request.body ?? undefined);
  if (!wanted.success) return refuse(reply, 400, 'the body may be empty, or { "task": "…" } of 1 to 256 characters');
  const { task } = wanted.output;
  try {
    const { user, password, expiresAtMs } = await issue(
      token,
      { task, client },
      { ...checks, trail: parts.trail, credentials },
    );
    const expires = new Date(expiresAtMs).toISOString();
    return await reply.header('cache-control', 'no-store').send({ user, password, expires });
  } catch (error) {
    if (error instanceof DenialError) {
      recordFailure(request.ip, client, error.message, parts);
      return refuse(reply, 401, error.message);
    }
    if (isCountersignError(error) && error.code === 'LIMIT_EXCEEDED') return refuse(reply, 422, error.message);
    // What it says is for the log: it may name hosts of ours.
    parts.logger.error({ problem: messageOf(error) }, 'a credential could not be made');
    return refuse(reply, isCountersignError(error) ? 503 : 500, 'the credential cannot be made now: try again');
  }
}

function recordFailure(
  address: string,
  client: string,
  reason: string,
  { trail, failures, logger }: CredentialParts,
): void {
  failures.failed(address);
  if (!failures.mayRecord(address)) return;
  try {
    recordRefusedLogin(trail, client, reason);
  } catch (cause) {
    logger.error({ problem: messageOf(cause) }, 'a refused request for a credential could not be recorded');
  }
}

/** As of one moment: a reload may change the checks while a token is verified. */
interface IssuingParts extends Pick<LoginChecks, 'verifier' | 'credentialTtlMs'> {
  readonly trail: AuditTrail;
  readonly credentials: ShortLivedCredentials;
}

/** A credential that could not be recorded is not given. */
async function issue(
  token: string,
  { task, client }: { readonly task: string | undefined; readonly client: string },
  { trail, verifier, credentials, credentialTtlMs }: IssuingParts,
): Promise<ShortLivedCredential> {
  const identity = await verifier.verify(token);
  const credential = await credentials.issue(identity, credentialTtlMs, task);
  recordCredential(trail, { identity, task, client, expiresAtMs: credential.expiresAtMs });
  return credential;
}

/** With the authorities of clients' certificates, those are demanded here as well. */
function httpsOf(loaded: LoadedCertificate): ServerOptions {
  return loaded.ca === undefined ? loaded : { ...loaded, requestCert: true, rejectUnauthorized: true };
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ error: message });
}
