import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ApprovalMessage } from '../../src/approval/approval-message.js';
import { createApprovalSigner } from '../../src/identity/approval-signer.js';
import { afterThisTest } from '../audit/trail-fixtures.js';

/** A key of Ed25519 that nobody knows, PKCS #8 in PEM. */
export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Something that answers as a collector does, with a decision that it signs itself. */
export async function startForger(
  change: Partial<{ id: string; digest: string; expiresAtMs: number; by: string[] }>,
): Promise<{ url: string }> {
  const signer = await createApprovalSigner(newKey(), 'forger');
  const requests = new Map<string, ApprovalMessage>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = request.url ?? '';
      let answer: object = signer.keys;
      if (path === '/v1/approvals') {
        const message = JSON.parse(Buffer.concat(chunks).toString()) as ApprovalMessage;
        requests.set(message.id, message);
        answer = message;
      } else if (path.includes('/outcome')) {
        const message = requests.get(path.split('/')[3] ?? '');
        const { id = '', digest = '', expires_at = '' } = message ?? {};
        const told = { id, digest, decision: 'approved' as const, by: ['carol'], expiresAtMs: Date.parse(expires_at) };
        answer = { status: 'approved', decision: await signer.sign({ ...told, ...change }) };
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterThisTest(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
