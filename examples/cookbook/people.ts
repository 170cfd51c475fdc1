/** Who there is in the shop: agents, and the people who look at what they do. */
import type { IssuerClient, TestIssuer } from '../../test/issuer/index.js';
import type { Credentials } from '../stage/sign-in.js';

const member = (name: string, claims: object): IssuerClient => ({
  clientId: name,
  clientSecret: `secret of ${name}`,
  claims: { ...claims },
});

/** Clients of the issuer. The cleanup agent's token says on whose behalf it is. */
export const PEOPLE: readonly IssuerClient[] = [
  member('cleanup-agent', { groups: ['agents'], act: { sub: 'anna' } }),
  member('support-agent', { groups: ['agents', 'support'] }),
  member('reporting-agent', { groups: ['agents'] }),
  member('carol', { groups: ['dba', 'security'] }),
  member('dave', { groups: ['audit-team'] }),
];

/** What somebody signs in with. */
export function credentialsOf(
  { issuer, audience, tokenEndpoint }: Pick<TestIssuer, 'issuer' | 'audience' | 'tokenEndpoint'>,
  name: string,
): Credentials {
  const found = PEOPLE.find(({ clientId }) => clientId === name);
  if (found === undefined) throw new Error(`there is no ${name} in the shop`);
  return { issuer, audience, tokenEndpoint, clientId: name, clientSecret: found.clientSecret };
}

/** What the collector is told of the people: options of `countersign collector`. */
export function rolesOf({ issuer, audience }: Pick<TestIssuer, 'issuer' | 'audience'>): readonly string[] {
  const groups = ['--auditors', 'audit-team', '--approvers', 'dba', '--admins', 'security'];
  return ['--issuer', issuer, '--audience', audience, ...groups];
}
