export type { SqlAuthorization } from './authorization-details.js';
export type { ClaimNames } from './claims.js';
export { clientCredentials, type ClientCredentialsOptions } from './client-credentials.js';
export type { Identity, IdentityHolder } from './identity.js';
export { createRenewingIdentity, type RenewingIdentity, type RenewingIdentityOptions } from './renewing-identity.js';
export type { SignatureAlgorithm } from './signature-algorithm.js';
export { staticToken, tokenFile, tokenFunction, type TokenSource } from './token-source.js';
export { createTokenVerifier, type TokenVerifier } from './token-verifier.js';
export type { IssuerOptions, PublicKeySet, RevocationCheck, TokenVerifierOptions } from './token-verifier-options.js';
