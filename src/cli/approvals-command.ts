import { type Command, Option } from 'commander';
import * as v from 'valibot';

import { FailureError } from '../errors.js';
import { printable, printableJson } from '../printable.js';
import { askCollector, type CollectorAddress } from './collector-client.js';
import { parseCount } from './parse-count.js';
import { endWithReader, painter, type Paint, showsColour, writeLine } from './terminal.js';
import { readToken } from './token-source.js';

interface Flags {
  readonly url: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

interface ListFlags extends Flags {
  readonly status: string;
}

interface DecisionFlags extends Flags {
  readonly reason?: string;
  readonly minutes?: number;
  readonly uses: number;
}

const Text = v.string();
const ApprovalSchema = v.object({
  request: v.object({
    ...{ id: Text, rule: Text, reason: Text, server: Text, namespace: v.optional(Text), expires_at: Text },
    agent: v.object({ subject: Text, actor: v.array(Text) }),
    task: v.optional(v.object({ id: Text, source: Text })),
    statements: v.array(v.object({ text: Text, parameters: v.optional(Text), estimated_rows: v.optional(v.number()) })),
    in_transaction: v.boolean(),
  }),
  status: Text,
  votes: v.array(v.object({ by: Text, decision: Text, reason: v.nullable(Text) })),
  needs: v.object({ approvals: v.number(), groups: v.array(Text) }),
});
type ApprovalEntry = v.InferOutput<typeof ApprovalSchema>;
const ListSchema = v.object({ approvals: v.array(ApprovalSchema) });

/** Adds `countersign approvals`, `approve` and `reject`. */
export function addApprovalsCommands(program: Command): void {
  const add = (command: Command): Command =>
    command
      .requiredOption('--url <url>', 'the collector, for example http://127.0.0.1:7070')
      .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)')
      .option('--json', 'as it is');
  add(program.command('approvals').description('list what waits for an approval, the newest first'))
    .addOption(
      new Option('--status <status>', 'those that are')
        .choices(['pending', 'approved', 'rejected', 'expired', 'cancelled'])
        .default('pending'),
    )
    .action(runList);
  add(program.command('approve').description('approve a statement that waits').argument('<id>'))
    .option('--reason <text>', 'why, for the record')
    .option('--minutes <number>', 'the same statement with other values too, in the same task, for so long', parseCount)
    .option('--uses <number>', 'and so often', parseCount, 1)
    .action((id: string, flags: DecisionFlags) => runDecision(id, 'approved', flags));
  add(program.command('reject').description('reject a statement that waits').argument('<id>'))
    .option('--reason <text>', 'why, for who asked and for the record')
    .action((id: string, flags: DecisionFlags) => runDecision(id, 'rejected', flags));
}

async function addressOf({ url, tokenFile }: Flags): Promise<CollectorAddress> {
  return { url, token: await readToken(tokenFile) };
}

async function runList(flags: ListFlags): Promise<void> {
  endWithReader();
  const answer = await askCollector(await addressOf(flags), '/v1/approvals', { query: { status: flags.status } });
  const { approvals } = read(ListSchema, answer);
  const paint = painter(showsColour());
  for (const one of approvals) await writeLine(flags.json === true ? asJson(one) : asText(one, paint));
  if (approvals.length === 0) process.stderr.write(`nothing is ${flags.status}\n`);
}

async function runDecision(id: string, decision: 'approved' | 'rejected', flags: DecisionFlags): Promise<void> {
  const { reason, minutes, uses } = flags;
  const body = {
    decision,
    ...(reason !== undefined && { reason }),
    ...(minutes !== undefined && { grant: { minutes, uses } }),
  };
  const path = `/v1/approvals/${encodeURIComponent(id)}/decisions`;
  const one = read(ApprovalSchema, await askCollector(await addressOf(flags), path, { body }));
  await writeLine(flags.json === true ? asJson(one) : asText(one, painter(showsColour())));
}

function read<S extends v.GenericSchema>(schema: S, body: Buffer): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(body.toString()));
  } catch (cause) {
    throw new FailureError('COLLECTOR_FAILED', 'it does not answer like a collector; see to --url', { cause });
  }
}

function asJson(one: ApprovalEntry): string {
  const json = JSON.stringify(one);
  return process.stdout.isTTY ? printableJson(json) : json;
}

/** Who wants what, where and why; what runs, whole; and how it stands. */
function asText({ request, status, votes, needs }: ApprovalEntry, paint: Paint): string {
  const { id, rule, reason, server, namespace, expires_at, agent, task, statements } = request;
  const head = [
    paint('cyan', printable(id)),
    paint('bold', printable(agent.subject)),
    agent.actor.length > 0 ? `for ${printable(agent.actor.join(', '))}` : undefined,
    task === undefined
      ? undefined
      : paint('blue', printable(`task ${task.id}${task.source === 'asserted' ? ' (asserted)' : ''}`)),
    paint('dim', printable(`on ${namespace === undefined ? '' : `${namespace} at `}${server}`)),
  ];
  const wanted = needs.approvals === 1 ? 'an approval' : `${needs.approvals} approvals`;
  const from = needs.groups.length === 0 ? '' : ` of ${needs.groups.join(' or ')}`;
  const lines = [
    head.filter((part) => part !== undefined).join('  '),
    `    ${printable(`${rule}: ${reason}`)}`,
    ...statements.flatMap(({ text, parameters, estimated_rows: rows }) => [
      paint('bold', `    ${printable(text)}${parameters === undefined ? '' : `  ${printable(parameters)}`}`),
      ...(rows === undefined
        ? []
        : [`    looks at about ${rows} ${rows === 1 ? 'row' : 'rows'}, as the server estimates`]),
    ]),
    ...(request.in_transaction ? ['    within a transaction: what it has locked stays locked'] : []),
    ...votes.map(({ by, decision, reason: why }) =>
      printable(`    ${decision} by ${by}${why === null ? '' : `: ${why}`}`),
    ),
    printable(`    ${status}${status === 'pending' ? ` until ${expires_at}, wants ${wanted}${from}` : ''}`),
  ];
  return lines.join('\n');
}
