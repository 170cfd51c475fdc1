/**
 * Who runs a statement: tokens, their verification, and the identity that they prove.
 *
 * @module
 */

export type { Identity, IdentityHolder } from './identity.js';
export { createRenewingIdentity, type RenewingIdentity, type RenewingIdentityOptions } from './renewing-identity.js';
export {
  clientCredentials,
  type ClientCredentialsOptions,
  staticToken,
  tokenFile,
  tokenFunction,
  type TokenSource,
} from './token-source.js';
export { createTokenVerifier, type TokenVerifier } from './token-verifier.js';
export type { TokenVerifierOptions } from './verifier-options.js';
