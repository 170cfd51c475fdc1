import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AuditLogger } from '../../audit/audit-logger.js';
import { FailureError } from '../../errors.js';
import { createApprovalSigner } from '../../identity/approval-signer.js';
import type { Route } from '../http/route.js';
import { ApprovalBook } from './approval-book.js';
import { approvalRoutes } from './approval-routes.js';
import type { ApprovalOptions } from './approval-rules.js';
import { ApprovalStore } from './approval-store.js';
import { ApprovalWebhooks } from './approval-webhooks.js';

const KEY_FILE = 'approval-key.pem';
const STORE_FILE = 'approvals.db';

/** What decides on approvals. */
export interface Approvals {
  readonly routes: readonly Route[];
  /** Forgets what was decided so many days ago. */
  removeOld(keepDays: number): void;
  /** Answers those who wait, as it is now. */
  stopWaiting(): void;
  close(): void;
}

/**
 * Opens the approvals of a collector's directory: the key that signs decisions is made where there is none.
 * @param urlOf - this collector's URL, once it listens
 * @throws FailureError `COLLECTOR_FAILED` where key or store cannot be read or made
 */
export async function openApprovals(
  {
    directory,
    approvals: options,
    logger,
  }: { readonly directory: string; readonly approvals: ApprovalOptions; readonly logger: AuditLogger },
  urlOf: () => string,
): Promise<Approvals> {
  try {
    const signer = await createApprovalSigner(keyOf(join(directory, KEY_FILE)), 'countersign-collector');
    const book = new ApprovalBook(new ApprovalStore(join(directory, STORE_FILE)), signer, options);
    const callback = (id: string): string => `${urlOf()}/v1/approvals/${id}/callback`;
    const webhooks = new ApprovalWebhooks(options.webhooks ?? [], callback, logger);
    book.onChange((view) => webhooks.tell(view));
    return {
      routes: approvalRoutes(book, webhooks),
      removeOld: (keepDays) => book.removeOld(keepDays),
      stopWaiting: () => book.stopWaiting(),
      close: () => {
        webhooks.close();
        book.close();
      },
    };
  } catch (cause) {
    throw new FailureError('COLLECTOR_FAILED', `the approvals in ${directory} cannot be opened; see to its rights`, {
      cause,
    });
  }
}

function keyOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  writeFileSync(file, key, { mode: 0o600, flag: 'wx' });
  return key;
}
