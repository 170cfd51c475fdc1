import { expect, it } from 'vitest';
import { createGovernor, type GovernorOptions } from '../../src/session/index.js';
import { functionTransport } from '../../src/transports/index.js';

const transports = [functionTransport(() => undefined)];

it.each<[string, unknown, string]>([
  ['a journal without a directory', { audit: { directory: '', transports } }, 'audit.directory: must name a directory'],
  [
    'an option that does not exist',
    { audit: { directory: 'x', transports }, rulez: [] },
    'rulez: there is no such option',
  ],
  [
    'an identity that was not verified',
    { audit: { directory: 'x', transports }, identity: { subject: 'me' } },
    'identity: ',
  ],
  ['a limit out of bounds', { audit: { directory: 'x', transports }, maxPacketBytes: 3 }, 'maxPacketBytes: '],
  ['a trail that goes nowhere', { audit: { directory: 'x', transports: [] } }, 'must hold at least one transport'],
])('refuses %s, and says so', async (_what, options, problem) => {
  await expect(createGovernor(options as GovernorOptions)).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: expect.stringContaining(problem) as string,
  });
});

it('names every problem at once', async () => {
  const options = { audit: { directory: '', transports }, maxPacketBytes: 3, rulez: [] } as unknown as GovernorOptions;
  await expect(createGovernor(options)).rejects.toMatchObject({
    message: expect.stringMatching(/audit\.directory: .*maxPacketBytes: .*rulez: /s) as string,
  });
});
