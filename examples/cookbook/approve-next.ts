import { setTimeout } from 'node:timers/promises';

/** A person at the collector. */
export interface Person {
  readonly name: string;
  readonly token: string;
}

/** What a person asks the collector, as its console does. */
function ask(collectorUrl: string, { token }: Person, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const asked = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return fetch(`${collectorUrl}${path}`, { headers, ...asked });
}

/** The ids of what waits for an approval, as soon as so many do. */
export async function pendingApprovals(collectorUrl: string, person: Person, count = 1): Promise<readonly string[]> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const answer = await ask(collectorUrl, person, '/v1/approvals?status=pending');
    if (!answer.ok) throw new Error(`${person.name} may not see what waits: ${answer.status}`);
    const { approvals } = (await answer.json()) as {
      readonly approvals: readonly { readonly request: { readonly id: string } }[];
    };
    if (approvals.length >= count) return approvals.map(({ request }) => request.id);
    await setTimeout(50);
  }
  throw new Error('nothing asked for an approval within 20 seconds');
}

/** Waits until the collector has witnessed a checkpoint over so many records. */
export async function untilWitnessed(collectorUrl: string, person: Person, size: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const answer = await ask(collectorUrl, person, '/v1/witness');
    const { writers } = (await answer.json()) as { readonly writers: readonly { readonly size: number }[] };
    if (writers.some((writer) => writer.size >= size)) return;
    await setTimeout(50);
  }
  throw new Error(`the collector saw no checkpoint over ${size} records within 20 seconds`);
}

/** Waits until something asks for an approval, and gives it. @returns the reason */
export async function approveNext(collectorUrl: string, person: Person): Promise<string> {
  const reason = 'ticket OPS-77 seen';
  for (const id of await pendingApprovals(collectorUrl, person)) {
    const answer = await ask(collectorUrl, person, `/v1/approvals/${id}/decisions`, { decision: 'approved', reason });
    if (!answer.ok) throw new Error(`${person.name} may not approve: ${await answer.text()}`);
  }
  return reason;
}

/** Asks for what waits, as somebody who may not. */
export async function askInVain(collectorUrl: string, person: Person): Promise<void> {
  const { status } = await ask(collectorUrl, person, '/v1/approvals?status=pending');
  if (status !== 403) throw new Error(`${person.name} was answered with ${status}`);
}
