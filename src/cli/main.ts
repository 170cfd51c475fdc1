#!/usr/bin/env node
/**
 * The `countersign` command.
 *
 * @module
 */

import { createRequire } from 'node:module';

import { Command } from 'commander';

import { isCountersignError } from '../errors.js';
import { addApprovalsCommands } from './approvals-command.js';
import { addCheckCommand } from './check-command.js';
import { addCollectorCommand } from './collector-command.js';
import { addExportCommand } from './export-command.js';
import { missingPackage } from './missing-package.js';
import { printable } from '../printable.js';
import { addProxyCommand } from './proxy-command.js';
import { addReplayCommand } from './replay/replay-command.js';
import { addSearchCommand } from './search-command.js';
import { addSessionsCommand } from './sessions-command.js';
import { addShowCommand } from './show-command.js';
import { addProveCommand } from './prove-command.js';
import { addTailCommand } from './tail-command.js';
import { addVerifyCommand } from './verify-command.js';

async function run(): Promise<void> {
  const { version } = createRequire(import.meta.url)('countersign/package.json') as { version: string };
  const program = new Command('countersign')
    .description('Verified identity, guardrails, masking and audit for SQL statements')
    .version(version, '-V, --version', 'display the version');
  addApprovalsCommands(program);
  addCheckCommand(program);
  addCollectorCommand(program);
  addExportCommand(program);
  addProxyCommand(program);
  addReplayCommand(program);
  addSearchCommand(program);
  addSessionsCommand(program);
  addShowCommand(program);
  addTailCommand(program);
  addVerifyCommand(program);
  addProveCommand(program);
  await program.parseAsync();
}

/** @throws the error, where it is a fault of ours */
function problemOf(error: unknown): string {
  const missing = missingPackage(error);
  if (missing !== undefined) return missing;
  if (!isCountersignError(error)) throw error;
  return error.message + (error.cause instanceof Error ? ` (${error.cause.message})` : '');
}

try {
  await run();
} catch (error) {
  process.stderr.write(`countersign: ${printable(problemOf(error))}\n`);
  process.exitCode = 1;
}
