import { createHmac, hkdfSync } from 'node:crypto';
import { FailureError } from '../errors.js';
import { AUTHORIZATION_TYPE } from './authorization-details.js';
import { identityOf } from './claims.js';
import type { Identity } from './identity.js';
import { refusal } from './token-refusal.js';

/** What short-lived credentials are made with: every proxy that is to take them has it. */
export interface CredentialKey {
  /** Names the key, in each credential that it made. */
  readonly id: string;
  /** At least 32 random bytes. */
  readonly secret: Uint8Array;
}

/** A user name and a password for a client that cannot send a token. */
export interface ShortLivedCredential {
  /** Some 250 to 500 characters: the identity, encrypted. */
  readonly user: string;
  /** 43 characters. */
  readonly password: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** What a credential stands for. */
export interface OpenedCredential {
  readonly identity: Identity;
  /** The task that was asked for with the credential. */
  readonly taskId: string | undefined;
  /** Which the client has to prove that it knows. */
  readonly password: string;
}

/** Makes and opens short-lived credentials. Nothing is stored: whoever has the key can open them. */
export interface ShortLivedCredentials {
  /**
   * Makes a credential for an identity. It ends with the identity at the latest.
   * @param ttlMs milliseconds
   * @throws FailureError `LIMIT_EXCEEDED` where the identity has more to it than fits into a user name
   */
  issue(identity: Identity, ttlMs: number, taskId?: string): Promise<ShortLivedCredential>;
  /** @throws DenialError `TOKEN_INVALID` where it is none of ours, was altered or has expired: it does not say which */
  open(user: string): Promise<OpenedCredential>;
}

/** What MariaDB's client library sends of a user name. */
const MAX_USER_LENGTH = 512;
const TASK_CLAIM = 'countersign_task';

interface DerivedKey {
  readonly id: string;
  readonly encryption: Uint8Array;
  readonly proof: Uint8Array;
}

/** Whether a user name may be a short-lived credential: an encrypted JWT, of which no token and no account looks like one. */
export function isShortLivedCredential(user: string): boolean {
  return /^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/.test(user);
}

/**
 * Makes what issues and opens short-lived credentials.
 * @param keys the first one makes them, all of them open them
 * @see https://www.rfc-editor.org/rfc/rfc7516
 */
export function createShortLivedCredentials(keys: readonly CredentialKey[]): ShortLivedCredentials {
  const derived = new Map(keys.map((key) => [key.id, deriveKey(key)]));
  const [maker] = derived.values();
  const passwordOf = (user: string, { proof }: DerivedKey): string =>
    createHmac('sha256', proof).update(user).digest('base64url');
  return {
    async issue(identity, ttlMs, taskId): Promise<ShortLivedCredential> {
      if (maker === undefined) throw new FailureError('OPTIONS_INVALID', 'there is no key to make credentials with');
      const expiresAtMs = Math.min(identity.expiresAtMs, Date.now() + ttlMs);
      const { EncryptJWT } = await import('jose/jwt/encrypt');
      const user = await new EncryptJWT({
        ...claimsOf(identity),
        ...(taskId !== undefined && { [TASK_CLAIM]: taskId }),
      })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: maker.id })
        .setExpirationTime(Math.floor(expiresAtMs / 1_000))
        .encrypt(maker.encryption);
      if (user.length > MAX_USER_LENGTH) {
        const problem = `the identity of ${identity.subject} makes a user name of ${user.length} characters, of which clients send ${MAX_USER_LENGTH}: give it fewer groups`;
        throw new FailureError('LIMIT_EXCEEDED', problem);
      }
      return { user, password: passwordOf(user, maker), expiresAtMs: Math.floor(expiresAtMs / 1_000) * 1_000 };
    },
    async open(user): Promise<OpenedCredential> {
      try {
        const { jwtDecrypt } = await import('jose/jwt/decrypt');
        const { payload, protectedHeader } = await jwtDecrypt(user, ({ kid }) => keyOf(derived, kid).encryption, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        const { [TASK_CLAIM]: task, ...claims } = payload;
        const taskId = typeof task === 'string' ? task : undefined;
        const password = passwordOf(user, keyOf(derived, protectedHeader.kid));
        return { identity: identityOf(claims, {}, 0), taskId, password };
      } catch (cause) {
        throw refusal('the credential is unknown or has expired. Ask for a new one.', { cause });
      }
    },
  };
}

function keyOf(keys: ReadonlyMap<string, DerivedKey>, id: string | undefined): DerivedKey {
  const key = id === undefined ? undefined : keys.get(id);
  if (key === undefined) throw refusal('the credential was made with a key that is not known here');
  return key;
}

function deriveKey({ id, secret }: CredentialKey): DerivedKey {
  const derive = (info: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), `countersign credential ${info}`, 32));
  return { id, encryption: derive('encryption'), proof: derive('password') };
}

/** The claims that make this identity again, under their usual names. */
function claimsOf(identity: Identity): Record<string, unknown> {
  const { subject, issuer, name, groups, actor, model, tokenId, taskId, purpose, authorizations } = identity;
  const act = actor.reduceRight<object | undefined>(
    (inner, sub) => (inner === undefined ? { sub } : { sub, act: inner }),
    undefined,
  );
  const details = authorizations?.map((authorization) => ({ type: AUTHORIZATION_TYPE, ...authorization }));
  return {
    sub: subject,
    iss: issuer,
    ...(name !== undefined && { name }),
    ...(groups.length > 0 && { groups }),
    ...(act !== undefined && { act }),
    ...(model !== undefined && { model }),
    ...(tokenId !== undefined && { jti: tokenId }),
    ...(taskId !== undefined && { task: taskId }),
    ...(purpose !== undefined && { purpose }),
    ...(details !== undefined && { authorization_details: details }),
  };
}
