import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

function attacks(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync('node', ['--import', 'tsx', 'attacks/main.ts', ...args], { encoding: 'utf8' });
}

it('names what it does not understand', () => {
  expect(attacks('--via', 'magic')).toMatchObject({ status: 2, stderr: expect.stringContaining('--via magic') });
  expect(attacks('--only', 'nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('--only nothing') });
  expect(attacks('no-such-file')).toMatchObject({ status: 2, stderr: expect.stringContaining('no-such-file') });
});
