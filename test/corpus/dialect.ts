import type { SqlDialect } from '../../src/sql/analysis.js';
import type { DatabaseAddress } from '../database/index.js';

/** The dialect of a server, by what it says of itself: `10.11.18-MariaDB` is 101118. */
export function dialectOf({ flavour, version }: DatabaseAddress): SqlDialect {
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return { flavour, version: Number(major) * 10_000 + Number(minor) * 100 + Number(patch) };
}
