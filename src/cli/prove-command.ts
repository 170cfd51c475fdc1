import type { Command } from 'commander';

import type { SignedCheckpoint } from '../audit/seal/checkpoint.js';
import { type AuditProof, proveConsistency, proveInclusion, TrailVerifier } from '../audit/verify/index.js';
import { FailureError } from '../errors.js';
import { readCheckpoints } from './evidence-files.js';
import { readSource, type SourceFlags } from './record-source.js';
import { endWithReader } from './terminal.js';

interface ProveFlags extends SourceFlags {
  readonly from?: string;
  readonly since?: string;
}

/** Adds `countersign prove`. */
export function addProveCommand(program: Command): void {
  program
    .command('prove')
    .description('prove that a record is in the trail, or that a journal only grew since a checkpoint')
    .argument('[record-id]', 'the record')
    .option('--since <file>', 'a checkpoint that was kept, in its place')
    .option('--from <path>', 'a file of records, one a line, or an audit directory')
    .option('--url <url>', 'the records of a collector in its place')
    .option('--token-file <file>', 'file with the bearer token (else COUNTERSIGN_COLLECTOR_TOKEN)')
    .action(runProve);
}

async function runProve(id: string | undefined, flags: ProveFlags): Promise<void> {
  endWithReader();
  if ((id === undefined) === (flags.since === undefined))
    throw new FailureError('OPTIONS_INVALID', 'give either the id of a record or --since');
  const verifier = new TrailVerifier();
  const quoted = id === undefined ? undefined : JSON.stringify(id);
  let record: Buffer | undefined;
  await readSource(flags.from, flags, verifier, (bytes) => {
    if (quoted !== undefined && bytes.includes(`"id":${quoted},"time"`)) record ??= Buffer.from(bytes);
  });
  const proof = flags.since === undefined ? included(verifier, record, id ?? '') : await grown(verifier, flags.since);
  process.stdout.write(`${JSON.stringify(proof)}\n`);
}

function included(verifier: TrailVerifier, record: Buffer | undefined, id: string): AuditProof {
  if (record === undefined) throw new FailureError('OPTIONS_INVALID', `there is no record ${id}`);
  const { writer } = JSON.parse(record.toString()) as { writer: { id: string; seq: number } };
  const ledger = soundLedger(verifier, writer.id);
  const checkpoint = checkpointsOf(ledger).find(({ size }) => size >= writer.seq);
  if (checkpoint === undefined)
    throw new FailureError('OPTIONS_INVALID', `no checkpoint covers record ${id} yet; try again in some seconds`);
  return proveInclusion(ledger, writer.seq, record, checkpoint);
}

async function grown(verifier: TrailVerifier, file: string): Promise<AuditProof> {
  const [old] = await readCheckpoints(file);
  if (old === undefined || old.size === 0)
    throw new FailureError('OPTIONS_INVALID', `--since: the checkpoint in ${file} covers no records`);
  const ledger = soundLedger(verifier, old.writerId);
  const newest = checkpointsOf(ledger).at(-1);
  if (newest === undefined || newest.size < old.size)
    throw new FailureError(
      'OPTIONS_INVALID',
      `journal ${old.writerId} has no checkpoint at ${old.size} records or more`,
    );
  return proveConsistency(ledger, old, newest);
}

type Ledger = NonNullable<ReturnType<TrailVerifier['ledger']>>;

/** Nothing is proved of a journal in which something is wrong, or that is not there from its start. */
function soundLedger(verifier: TrailVerifier, writer: string): Ledger {
  const wrong = verifier
    .report({ partial: true })
    .findings.find((found) => found.severity === 'error' && found.writer === writer);
  if (wrong !== undefined)
    throw new FailureError('OPTIONS_INVALID', `journal ${writer}: ${wrong.message}; see countersign verify`);
  const ledger = verifier.ledger(writer);
  if (ledger?.runs[0]?.firstSeq !== 1)
    throw new FailureError('OPTIONS_INVALID', `journal ${writer}: its first records are not here; ask the collector`);
  return ledger;
}

const checkpointsOf = ({ checkpoints }: Ledger): SignedCheckpoint[] =>
  checkpoints.map(({ checkpoint }) => checkpoint).filter((found) => found !== undefined);
