import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

function attacks(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync('node', ['--import', 'tsx', 'attacks/main.ts', ...args], { encoding: 'utf8' });
}

it('says that the proxy is not there yet', () => {
  const { status, stderr } = attacks('--via', 'proxy');
  expect(stderr).toContain('The proxy is not part of this version yet');
  expect(status).toBe(2);
});

it('names what it does not understand', () => {
  expect(attacks('--only', 'nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('--only nothing') });
  expect(attacks('no-such-file')).toMatchObject({ status: 2, stderr: expect.stringContaining('no-such-file') });
});
